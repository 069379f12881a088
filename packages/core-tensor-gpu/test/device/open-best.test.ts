import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openDevice } from '../../src/index.ts';

it('auto opens wasm where there is no TensorFlow, and says why each better device was passed over', async () => {
  vi.stubEnv('CANTRIP_TENSORFLOW', undefined);
  vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(tmpdir(), 'cache-')));
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) vi.stubEnv(name, undefined);
  vi.stubEnv('PATH', '');
  const { name, passedOver } = (await openDevice('auto')).describe();
  expect(name).toBe('wasm');
  expect(passedOver.map((device) => device.name)).toEqual(['cuda', 'tensorflow']);
  expect(passedOver[1]).toEqual({
    name: 'tensorflow',
    reason: 'no TensorFlow library was found',
    fix: 'npx @cantrip/cli install-runtime',
  });
});

it('a device that is asked for by name is never replaced by another', async () => {
  await expect(openDevice('tensorflow')).rejects.toThrow(
    '[tensorflow] this device cannot be opened: no TensorFlow library was found. ' +
      'Run `npx @cantrip/cli install-runtime`. (DEVICE_ABSENT)',
  );
});
