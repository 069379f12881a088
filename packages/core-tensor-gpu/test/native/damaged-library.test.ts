import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { shortageOf } from '../../src/native/elf-extent.ts';
import { findLibrary } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';

const library = (await requireDevice('tensorflow'))?.describe().library ?? '';
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const core = new URL('../../src/index.ts', import.meta.url).href;

afterEach(() => void vi.unstubAllEnvs());

/** The true start of the library in a file of so many bytes. */
function cutOff(folder: string, bytes: number): string {
  const path = join(folder, 'libtensorflow_cc.so.2');
  copyFileSync(library.replace('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'), path);
  truncateSync(path, bytes);
  return path;
}

/** What a process says of opening the best device; a crash has no words. */
async function openedBy(env: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'open-'));
  const file = join(folder, 'program.mjs');
  writeFileSync(
    file,
    `import { openDevice } from ${JSON.stringify(core)};
    const opened = openDevice().then((device) => JSON.stringify(device.describe()), (error) => error.message);
    console.log(await opened);`,
  );
  const args = ['--conditions=@cantrip/source', `--import=${tsx}`, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return stdout.trim();
}

describe.skipIf(library === '')('a library that was cut off', () => {
  it('is told by its own header, and a whole one is not', () => {
    expect(shortageOf(library)).toBeUndefined();
    expect(shortageOf(process.execPath)).toBeUndefined();
    const folder = mkdtempSync(join(tmpdir(), 'cut-'));
    for (const bytes of [100, 4096, 1_000_000]) {
      expect(shortageOf(cutOff(folder, bytes))).toMatchObject({ bytes });
    }
  });

  it('that CANTRIP_TENSORFLOW names is an error, and does not end the process', async () => {
    const path = cutOff(mkdtempSync(join(tmpdir(), 'cut-')), 1_000_000);
    vi.stubEnv('CANTRIP_TENSORFLOW', path);
    await expect(findLibrary()).rejects.toThrow(
      /CANTRIP_TENSORFLOW names a library that can't be loaded: .* is cut off: 1000000 of \d+ bytes.*\(LIBRARY_FOREIGN\)$/,
    );
    expect(await openedBy({ CANTRIP_TENSORFLOW: path })).toContain('(LIBRARY_FOREIGN)');
  });

  it('in the cache folder leaves the next device, with the reason and the command', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    const folder = join(cache, 'cantrip/tensorflow-2.21.0-cpu/tensorflow');
    mkdirSync(folder, { recursive: true });
    cutOff(folder, 1_000_000);
    const said = await openedBy({ CANTRIP_TENSORFLOW: '', XDG_CACHE_HOME: cache, PATH: '' });
    expect(JSON.parse(said)).toMatchObject({ name: 'wasm' });
    expect(said).toMatch(/is cut off: 1000000 of \d+ bytes are there.*install-runtime/);
  });

  it.each(['a file', 'unreadable'])('a cache that is %s leaves the next device', async (what) => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    if (what === 'a file') writeFileSync(join(cache, 'cantrip'), '');
    else mkdirSync(join(cache, 'cantrip'), { mode: 0 });
    expect(await openedBy({ CANTRIP_TENSORFLOW: '', XDG_CACHE_HOME: cache, PATH: '' })).toContain('"wasm"');
  });
});

describe.skipIf(library === '')('flags that TensorFlow does not know', () => {
  it('end the process with its last words on standard error', async () => {
    const ended = openedBy({ TF_XLA_FLAGS: '--nonsense', CANTRIP_TENSORFLOW: library });
    await expect(ended).rejects.toMatchObject({ stderr: expect.stringContaining('--nonsense') as string });
  });
});
