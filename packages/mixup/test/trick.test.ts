import { testTrick } from '@cantrip/testing';
import { mixup } from '../src/index.ts';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'mixup',
    create: () => mixup({ alpha: 0.4, cutmixAlpha: 1 }),
    identity: () => mixup({ probability: 0 }),
    draws: true,
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
