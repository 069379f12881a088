import { sgd } from '@cantrip/optimizers';
import { testTrick } from '@cantrip/testing';
import { lookahead } from '@cantrip/lookahead';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'lookahead',
    create: () => lookahead({ interval: 2 }),
    identity: () => lookahead({ interval: 2, rate: 1, evaluateWith: 'weights' }),
    options: { optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) },
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
