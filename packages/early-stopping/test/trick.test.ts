import { testTrick } from '@cantrip/testing';
import { earlyStopping } from '../src/index.ts';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'early-stopping',
    // No epoch improves by that much, so the model ends with the weights of the first.
    create: () => earlyStopping({ monitor: 'loss', patience: 1, minDelta: 100 }),
    identity: () => earlyStopping({ monitor: 'loss', restoreBest: false }),
    devices: ['tensorflow', 'wasm'],
    refuses: [
      {
        what: 'a figure that the logs do not hold',
        code: 'OPTION_INVALID',
        create: () => earlyStopping({ monitor: 'validation_loss' }),
      },
    ],
  },
  { describe, it },
);

testTrick(
  {
    name: 'early-stopping',
    create: () => earlyStopping({ monitor: 'loss', every: 2, patience: 1, minDelta: 100 }),
    identity: () => earlyStopping({ monitor: 'loss', every: 2, restoreBest: false, patience: 100 }),
    devices: ['tensorflow'],
  },
  { describe, it },
);
