import {
  batchNormFreezing,
  batchNormReestimation,
  gradualUnfreezing,
  rampedGroups,
} from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import { testTrick, tinyData } from '@cantrip/testing';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'freeze-bn',
    create: () => batchNormFreezing({ affine: 'train' }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

testTrick({ name: 'freeze-bn', create: () => batchNormFreezing() }, { describe, it });

testTrick(
  {
    name: 'freeze-bn',
    // It ends within an epoch, for at the ends of epochs tensors are counted, and a frozen layer has two of its own.
    create: () => batchNormFreezing({ at: 1, until: 2 }),
    identity: () => batchNormFreezing({ at: '100ep' }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

testTrick(
  {
    name: 'freeze-bn',
    create: () => batchNormFreezing({ normalizeWith: 'batch', affine: 'train' }),
    identity: () => batchNormFreezing({ normalizeWith: 'batch', statistics: 'update', affine: 'train' }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

testTrick(
  {
    name: 'freeze-bn',
    create: () => batchNormFreezing({ statistics: 'update' }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

const groups = [/^(conv2d|batch)/, 'dense_1/**'];

testTrick(
  {
    name: 'freeze-bn/gradual-unfreezing',
    create: () => gradualUnfreezing({ groups, every: 2, ramp: 2 }),
    options: { optimizer: sgd({ learningRate: 0.05, momentum: 0.9, groups: rampedGroups(groups) }) },
    // Without the plugin nothing gives the factors of the groups.
    optionsWithout: {},
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);

testTrick(
  {
    name: 'freeze-bn/gradual-unfreezing',
    create: () => gradualUnfreezing({ groups, every: 1, batchNorm: 'train' }),
    identity: () => gradualUnfreezing({ groups, every: 0 }),
  },
  { describe, it },
);

testTrick(
  {
    name: 'freeze-bn/reestimation',
    create: () => batchNormReestimation({ data: tinyData(), every: 2 }),
    // The order of the data.
    draws: true,
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
