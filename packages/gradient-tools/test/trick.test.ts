import { adaptiveGradientClipping, gradientCentralization, gradientNoise } from '@cantrip/gradient-tools';
import { sgd } from '@cantrip/optimizers';
import { testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';

const devices = ['tensorflow', 'wasm'] as const;

testTrick(
  {
    name: 'gradient-tools/centralization',
    create: () => gradientCentralization(),
    identity: () => gradientCentralization({ except: [/kernel$/] }),
    devices,
  },
  { describe, it },
);

testTrick(
  {
    name: 'gradient-tools/adaptive-clipping',
    create: () => adaptiveGradientClipping({ clipping: 0.02, except: ['dense_1/bias'] }),
    identity: () => adaptiveGradientClipping({ clipping: 1e6 }),
    options: { optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) },
    devices,
  },
  { describe, it },
);

testTrick(
  {
    name: 'gradient-tools/noise',
    create: () => gradientNoise({ eta: 0.1 }),
    identity: () => gradientNoise({ eta: 0 }),
    draws: true,
    devices,
  },
  { describe, it },
);
