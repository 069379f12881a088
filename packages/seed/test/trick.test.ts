import { seed } from '@cantrip/seed';
import { testTrick } from '@cantrip/testing';

testTrick({ name: 'seed', create: () => seed({ value: 3 }), devices: ['tensorflow', 'wasm'] });
