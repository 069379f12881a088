import type { TrickTogether } from '@cantrip/testing';
import { trickName } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'trick-name', create: () => trickName({ strength: 0.5 }) },
];
