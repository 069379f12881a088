import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backendDevice } from '@cantrip/ops';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { deviceLine } from '../../src/report/device-line.ts';

const program = fileURLToPath(new URL('fixtures/absent-tensorflow.ts', import.meta.url));

/** What a process of its own tells in a machine without TensorFlow: on standard error, and to a log of the caller's. */
function toldIn(cache: string): { readonly error: readonly string[]; readonly log: readonly string[] } {
  const flags = ['--conditions=@cantrip/source', '--import', 'tsx'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, program], {
    encoding: 'utf8',
    env: {
      ...process.env,
      XDG_CACHE_HOME: cache,
      CANTRIP_TENSORFLOW: '',
      VIRTUAL_ENV: '',
      CONDA_PREFIX: '',
      PATH: '',
    },
  });
  expect(status, stderr).toBe(0);
  return {
    error: stderr.split('\n').filter((line) => line.includes('trains on')),
    log: (JSON.parse(stdout) as string[]).filter((line) => line.includes('trains on')),
  };
}

const cuda = { name: 'cuda', reason: 'the NVIDIA driver does not load' } as const;
const tensorflow = { name: 'tensorflow', reason: 'no library was found', fix: 'npx install' } as const;

describe('the line about the device', () => {
  const facts = { version: 'TensorFlow 2.21.0', threads: 2, hardware: 'AMD EPYC', memory: 1, passedOver: [] };

  it.each([
    [{ name: 'tensorflow', ...facts }, 'trains on tensorflow (TensorFlow 2.21.0, 2 threads of AMD EPYC).'],
    [
      { name: 'cpu', ...facts, threads: 1, passedOver: [cuda, tensorflow] },
      'trains on cpu (TensorFlow 2.21.0, 1 thread of AMD EPYC), not on tensorflow: no library was found. Run `npx install` to train faster.',
    ],
    [
      { name: 'tensorflow', ...facts, passedOver: [cuda] },
      'trains on tensorflow (TensorFlow 2.21.0, 2 threads of AMD EPYC), not on cuda: the NVIDIA driver does not load.',
    ],
    [{ name: 'cuda', ...facts, hardware: 'NVIDIA H200' }, 'trains on cuda (TensorFlow 2.21.0, NVIDIA H200).'],
  ])('%j', (description, line) => {
    expect(deviceLine(description)).toBe(line);
  });

  it("says of a backend in a browser what it knows, and of a user's device no more than it has", async () => {
    expect(deviceLine((await backendDevice('cpu')).describe())).toMatch(
      /^trains on cpu \(tfjs-core [\d.]+\)\.$/,
    );
    expect(deviceLine({ name: 'mine' })).toBe('trains on mine.');
  });
});

describe("device: 'auto' that ends on wasm", () => {
  it('says so once, with the reason and the command, however many trainers and fits there are', () => {
    const line =
      /^\[trainer\] trains on wasm \(tfjs-backend-wasm [\d.]+, \d+ threads? of .+\), not on tensorflow: no TensorFlow library was found\. Run `npx @cantrip\/cli install-runtime` to train faster\.$/;
    const once = [expect.stringMatching(line) as string];
    expect(toldIn(mkdtempSync(join(tmpdir(), 'cache-')))).toEqual({ error: once, log: once });
  });

  it('names the file of an install that is damaged', () => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    const runtime = join(cache, 'cantrip/tensorflow-2.21.0-cpu');
    mkdirSync(join(runtime, 'tensorflow'), { recursive: true });
    writeFileSync(join(runtime, 'tensorflow/libtensorflow_cc.so.2'), 'a library');
    writeFileSync(join(runtime, 'cantrip-manifest.json'), '{}');
    truncateSync(join(runtime, 'cantrip-manifest.json'), 1);
    const line =
      `not on tensorflow: ${runtime}/cantrip-manifest.json is damaged: ` +
      'it is not JSON. Run `npx @cantrip/cli install-runtime` to train faster.';
    const once = [expect.stringContaining(line) as string];
    expect(toldIn(cache)).toEqual({ error: once, log: once });
  });
});
