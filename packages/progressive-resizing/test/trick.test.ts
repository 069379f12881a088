import { testTrick, tinyModel } from '@cantrip/testing';
import { progressiveResizing } from '../src/index.ts';
import { describe, it } from 'vitest';
import { pooledModel } from './pooled-model.ts';

testTrick(
  {
    name: 'progressive-resizing',
    create: () =>
      progressiveResizing({
        mode: 'crop',
        initialScale: 0.5,
        delay: '20%',
        finetune: '20%',
        sizeIncrement: 1,
      }),
    identity: () => progressiveResizing({ initialScale: 1 }),
    options: { model: pooledModel },
    draws: true,
    devices: ['tensorflow', 'wasm'],
    refuses: [
      {
        what: 'a model that needs images of one size',
        code: 'MODEL_INVALID',
        create: () => progressiveResizing(),
        options: { model: tinyModel },
      },
    ],
  },
  { describe, it },
);
