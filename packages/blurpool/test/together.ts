import type { TrickTogether } from '@cantrip/testing';
import { blurpool } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'blurpool', create: () => blurpool({ minChannels: 1 }) },
];
