import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { testTrick } from '@cantrip/testing';
import { stochasticWeightAveraging, weightAveraging } from '@cantrip/weight-averaging';
import { describe, it } from 'vitest';

const devices = ['tensorflow', 'wasm'] as const;

testTrick(
  {
    name: 'weight-averaging',
    create: () => weightAveraging({ decay: 0.8 }),
    identity: () => weightAveraging({ start: '100%' }),
    devices,
  },
  { describe, it },
);

testTrick(
  {
    name: 'weight-averaging',
    create: () => weightAveraging({ halfLife: 2, every: 2, start: 1, warmup: false, statistics: 'copy' }),
    options: {
      optimizer: accumulateGradients(sgd({ learningRate: 0.05, momentum: 0.9 }), { steps: 2 }),
    },
    devices,
  },
  { describe, it },
);

testTrick(
  {
    name: 'weight-averaging/swa',
    create: () => stochasticWeightAveraging({ start: 1, every: 1, learningRate: 0.02, anneal: 3 }),
    identity: () => stochasticWeightAveraging({ start: '100%' }),
    devices,
  },
  { describe, it },
);
