import { batchNormFreezing, batchNormReestimation, gradualUnfreezing } from '../src/index.ts';
import { tinyData, type TrickTogether } from '@cantrip/testing';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'freeze-bn', create: () => batchNormFreezing({ at: 4, until: 16, affine: 'train' }) },
  {
    name: 'freeze-bn/gradual-unfreezing',
    create: () => gradualUnfreezing({ groups: [/^(conv|batch)/, 'dense*/**'], every: 7 }),
  },
  {
    name: 'freeze-bn/reestimation',
    create: () => batchNormReestimation({ data: tinyData(), every: 2 }),
  },
];
