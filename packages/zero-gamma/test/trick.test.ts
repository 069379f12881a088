import { testTrick } from '@cantrip/testing';
import { zeroGamma } from '@cantrip/zero-gamma';
import { describe, it } from 'vitest';
import { smallNetwork } from './residual-network.ts';

testTrick(
  {
    name: 'zero-gamma',
    create: () => zeroGamma(),
    options: { model: smallNetwork },
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
