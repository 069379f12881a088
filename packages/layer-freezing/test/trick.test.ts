import { layerFreezing } from '@cantrip/layer-freezing';
import { testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';

testTrick(
  {
    name: 'layer-freezing',
    create: () => layerFreezing({ start: 1, every: 1 }),
    identity: () => layerFreezing({ level: 0 }),
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
