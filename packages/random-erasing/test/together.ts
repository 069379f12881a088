import type { TrickTogether } from '@cantrip/testing';
import { randomErasing } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'random-erasing', create: () => randomErasing({ probability: 0.5, mode: 'rand' }) },
];
