import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('fixtures/slow-device.ts', import.meta.url));

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
    log: JSON.parse(stdout) as string[],
  };
}

describe("device: 'auto' that ends on wasm", () => {
  it('says so once, with the reason and the command, however many trainers and fits there are', () => {
    const line =
      '[trainer] trains on wasm, because tensorflow cannot be opened: no TensorFlow library was found. ' +
      'Run `npx @cantrip/cli install-runtime` to train faster.';
    expect(toldIn(mkdtempSync(join(tmpdir(), 'cache-')))).toEqual({ error: [line], log: [line] });
  });

  it('names the file of an install that is damaged', () => {
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    const runtime = join(cache, 'cantrip/tensorflow-2.21.0-cpu');
    mkdirSync(join(runtime, 'tensorflow'), { recursive: true });
    writeFileSync(join(runtime, 'tensorflow/libtensorflow_cc.so.2'), 'a library');
    writeFileSync(join(runtime, 'cantrip-manifest.json'), '{}');
    truncateSync(join(runtime, 'cantrip-manifest.json'), 1);
    const line =
      `[trainer] trains on wasm, because tensorflow cannot be opened: ${runtime}/cantrip-manifest.json is damaged: ` +
      'it is not JSON. Run `npx @cantrip/cli install-runtime` to train faster.';
    expect(toldIn(cache)).toEqual({ error: [line], log: [line] });
  });
});
