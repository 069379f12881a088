import type { TrickTogether } from '@cantrip/testing';
import { lookahead } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'lookahead', create: () => lookahead({ interval: 4 }) },
];
