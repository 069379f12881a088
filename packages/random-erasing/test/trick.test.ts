import { testTrick } from '@cantrip/testing';
import { randomErasing } from '../src/index.ts';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'random-erasing',
    create: () => randomErasing({ mode: 'rand', count: [1, 2] }),
    identity: () => randomErasing({ probability: 0 }),
    draws: true,
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
