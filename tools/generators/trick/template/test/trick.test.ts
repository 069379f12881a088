import { testTrick } from '@cantrip/testing';
import { trickName } from '../src/index.ts';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'trick-name',
    create: () => trickName({ strength: 0.5 }),
    identity: () => trickName({ strength: 1 }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
