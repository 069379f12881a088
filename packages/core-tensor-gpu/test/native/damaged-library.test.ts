import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { shortageOf } from '../../src/native/library/elf-extent.ts';
import { findLibrary } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';
import { core, openedBy, runInChild } from '../runtime/open-in-child.ts';

const library = (await requireDevice('tensorflow'))?.describe().library ?? '';

afterEach(() => void vi.unstubAllEnvs());

/** The true start of the library in a file of so many bytes. */
function cutOff(folder: string, bytes: number): string {
  const path = join(folder, 'libtensorflow_cc.so.2');
  copyFileSync(library.replace('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'), path);
  truncateSync(path, bytes);
  return path;
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
      /CANTRIP_TENSORFLOW is a library that cannot be loaded: .* is truncated: it has 1000000 of \d+ bytes.*\(LIBRARY_FOREIGN\)$/,
    );
    expect((await openedBy({ CANTRIP_TENSORFLOW: path })).out).toContain('(LIBRARY_FOREIGN)');
  });

  it('in the cache folder leaves the next device, with the reason and the command', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    const folder = join(cache, 'cantrip/tensorflow-2.21.0-cpu/tensorflow');
    mkdirSync(folder, { recursive: true });
    cutOff(folder, 1_000_000);
    const { out: said } = await openedBy({ CANTRIP_TENSORFLOW: '', XDG_CACHE_HOME: cache, PATH: '' });
    expect(JSON.parse(said)).toMatchObject({ name: 'wasm' });
    expect(said).toMatch(/is truncated: it has 1000000 of \d+ bytes.*install-runtime/);
  });

  it.each(['a file', 'unreadable'])('a cache that is %s leaves the next device', async (what) => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    if (what === 'a file') writeFileSync(join(cache, 'cantrip'), '');
    else mkdirSync(join(cache, 'cantrip'), { mode: 0 });
    const { out } = await openedBy({ CANTRIP_TENSORFLOW: '', XDG_CACHE_HOME: cache, PATH: '' });
    expect(out).toContain('"wasm"');
  });
});

describe('a pipe', () => {
  it.skipIf(process.platform === 'win32').each(['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])(
    'in the place of %s is not waited for',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
      for (const other of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
        if (other === name) execFileSync('mkfifo', [join(folder, name)]);
        else writeFileSync(join(folder, other), 'a text\n');
      }
      const { out } = await openedBy({ CANTRIP_TENSORFLOW: folder });
      expect(out).toMatch(/\(LIBRARY_(FOREIGN|NOT_FOUND)\)$/);
    },
  );
});

describe.skipIf(library === '')('flags that TensorFlow does not know', () => {
  it.each(['TF_XLA_FLAGS', 'TF_JITRT_FLAGS'])(
    'in %s end the process with its last words on standard error',
    async (name) => {
      for (const flags of ['--nonsense', '/nowhere/flags']) {
        const ended = openedBy({ [name]: flags, CANTRIP_TENSORFLOW: library });
        const words = expect.stringMatching(
          new RegExp(`(${name}: ${flags}|"${flags}".*"${name}")`),
        ) as string;
        await expect(ended).rejects.toMatchObject({ stderr: words });
      }
    },
  );

  it('in XLA_FLAGS end it with its last words where a step is compiled first', async () => {
    const ended = runInChild(
      `import { captureStep, openDevice } from ${core};
      import * as tf from ${JSON.stringify(import.meta.resolve('@tensorflow/tfjs-core'))};
      await openDevice('tensorflow');
      captureStep(() => ({ one: tf.relu(tf.ones([2])) }), { compile: 'xla' }).runSync({});`,
      { XLA_FLAGS: '--nonsense', CANTRIP_TENSORFLOW: library },
    );
    await expect(ended).rejects.toMatchObject({
      stderr: expect.stringContaining('Unknown flag in XLA_FLAGS: --nonsense') as string,
    });
  });

  it.each([
    'TF_CPP_MIN_LOG_LEVEL',
    'TF_CPP_MAX_VLOG_LEVEL',
    'TF_CPP_VMODULE',
    'TF_GPU_ALLOCATOR',
    'TF_GPU_THREAD_MODE',
    'TF_NUM_INTRAOP_THREADS',
    'TF_NUM_INTEROP_THREADS',
    'TF_ENABLE_ONEDNN_OPTS',
  ])('and nonsense in %s does not end it', async (name) => {
    const { out } = await openedBy({ [name]: 'nonsense', CANTRIP_TENSORFLOW: library });
    expect(JSON.parse(out)).toMatchObject({ name: 'tensorflow' });
  });

  it.each(['TF_DETERMINISTIC_OPS', 'TF_CUDNN_DETERMINISTIC'])(
    'and a switch %s that is neither on nor off is refused',
    async (name) => {
      for (const value of ['maybe', '']) {
        const { out } = await openedBy({ [name]: value, CANTRIP_TENSORFLOW: library });
        expect(out).toBe(
          `[tensorflow] the environment variable ${name} must be 0, 1, false or true, got "${value}". ` +
            'Set it to one of these, or unset it. (OPTION_INVALID)',
        );
      }
    },
  );
});
