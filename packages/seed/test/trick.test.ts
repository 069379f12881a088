import { seed } from '@cantrip/seed';
import { TINY_SEED, testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'seed',
    create: () => seed({ value: 3 }),
    // The seed that the run has anyway.
    identity: () => seed({ value: TINY_SEED }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
