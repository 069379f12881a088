import { batchNormFreezing } from '@cantrip/freeze-bn';
import { testTrick } from '@cantrip/testing';

testTrick({
  name: 'freeze-bn',
  create: () => batchNormFreezing({ affine: 'train' }),
  devices: ['tensorflow', 'wasm'],
});

testTrick({ name: 'freeze-bn', create: () => batchNormFreezing() });
