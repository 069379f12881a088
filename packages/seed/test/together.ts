import { seed } from '../src/index.ts';
import type { TrickTogether } from '@cantrip/testing';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [{ name: 'seed', create: () => seed({ value: 3 }) }];
