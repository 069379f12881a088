import { testTrick } from '@cantrip/testing';
import { mixup } from '../src/index.ts';
import { describe, it } from 'vitest';

for (const mode of ['batch', 'pair', 'elem'] as const) {
  testTrick(
    {
      name: 'mixup',
      create: () => mixup({ alpha: 0.4, cutmixAlpha: 1, mode }),
      identity: () => mixup({ probability: 0, mode }),
      draws: true,
      devices: mode === 'batch' ? ['tensorflow', 'wasm'] : ['tensorflow'],
    },
    { describe, it },
  );
}
