import { testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { blurpool } from '../src/index.ts';
import { convModel } from './conv-model.ts';

testTrick(
  {
    name: 'blurpool',
    create: () => blurpool({ minChannels: 1 }),
    devices: ['tensorflow', 'wasm'],
    options: { model: convModel },
    refuses: [
      {
        what: 'a model in which it finds nothing to blur',
        code: 'MODEL_INVALID',
        create: () => blurpool({ pools: false }),
        options: { model: convModel },
      },
    ],
  },
  { describe, it },
);

testTrick(
  {
    name: 'blurpool',
    create: () => blurpool({ minChannels: 1, blurFirst: false }),
    devices: ['tensorflow'],
    options: { model: convModel },
  },
  { describe, it },
);
