import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testTrick } from '@cantrip/testing';
import { afterAll, describe, it } from 'vitest';
import { tensorBoard } from '../src/index.ts';

const root = mkdtempSync(join(tmpdir(), 'cantrip-tensorboard-'));
let made = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

testTrick(
  {
    name: 'tensorboard',
    create: () =>
      tensorBoard({
        folder: join(root, String(made++)),
        every: 1,
        histograms: { every: 2, gradients: true },
      }),
    hasEffect: false,
    devices: ['tensorflow', 'wasm'],
  },
  { describe, it },
);
