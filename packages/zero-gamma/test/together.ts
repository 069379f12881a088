import type { TrickTogether } from '@cantrip/testing';
import { zeroGamma } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [{ name: 'zero-gamma', create: () => zeroGamma() }];
