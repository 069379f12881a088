import { testTrick, tinyResidualModel } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { stochasticDepth } from '../src/index.ts';

testTrick(
  {
    name: 'stochastic-depth',
    create: () => stochasticDepth({ rate: 0.5 }),
    identity: () => stochasticDepth({ rate: 0 }),
    draws: true,
    devices: ['tensorflow', 'wasm'],
    options: { model: tinyResidualModel },
  },
  { describe, it },
);
