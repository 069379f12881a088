import type { TrickTogether } from '@cantrip/testing';
import { earlyStopping } from '../src/index.ts';

/** What is tested together with every other trick. It watches without stopping, so that all 20 steps run. */
export const together: readonly TrickTogether[] = [
  { name: 'early-stopping', create: () => earlyStopping({ monitor: 'loss', patience: 10 }) },
];
