import { labelSmoothing } from '../src/index.ts';
import type { TrickTogether } from '@cantrip/testing';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'label-smoothing', create: () => labelSmoothing({ smoothing: 0.1, activation: 'softmax' }) },
];
