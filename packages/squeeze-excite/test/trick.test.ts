import { testTrick } from '@cantrip/testing';
import { describe, it } from 'vitest';
import { squeezeExcite } from '../src/index.ts';
import { convModel } from './conv-model.ts';

testTrick(
  {
    name: 'squeeze-excite',
    create: () => squeezeExcite({ latentChannels: 2, minChannels: 3 }),
    devices: ['tensorflow', 'wasm'],
    options: { model: convModel },
    refuses: [
      {
        what: 'a model without wide convolutions',
        code: 'MODEL_INVALID',
        create: () => squeezeExcite(),
        options: { model: convModel },
      },
    ],
  },
  { describe, it },
);
