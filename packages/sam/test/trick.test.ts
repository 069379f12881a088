import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { sam } from '@cantrip/sam';
import { testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';

const devices = ['tensorflow', 'wasm'] as const;

testTrick({ name: 'sam', create: () => sam(), identity: () => sam({ rho: 0 }), devices }, { describe, it });

testTrick(
  {
    name: 'sam',
    create: () => sam({ adaptive: true, eta: 0.01, interval: 2, statistics: 'move', random: 'other' }),
    identity: () => sam({ interval: 100 }),
    devices,
  },
  { describe, it },
);

testTrick(
  {
    name: 'sam',
    create: () => sam({ rho: 0.1 }),
    options: { optimizer: accumulateGradients(sgd({ learningRate: 0.05, momentum: 0.9 }), { steps: 2 }) },
    devices,
  },
  { describe, it },
);
