import type { TrickTogether } from '@cantrip/testing';
import { earlyStopping } from '../src/index.ts';

/** What is tested together with every other trick. It stops after 16 of 20 steps, with the weights of step 4. */
export const together: readonly TrickTogether[] = [
  { name: 'early-stopping', create: () => earlyStopping({ monitor: 'loss', patience: 3, minDelta: 10 }) },
];
