import { testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { stochasticDepth } from '../src/index.ts';
import { residualModel } from './residual-model.ts';

testTrick(
  {
    name: 'stochastic-depth',
    create: () => stochasticDepth({ rate: 0.5 }),
    identity: () => stochasticDepth({ rate: 0 }),
    draws: true,
    devices: ['tensorflow', 'wasm'],
    options: { model: residualModel },
  },
  { describe, it },
);
