import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LibrarySettings } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import type { CudnnTuningOptions } from '../src/index.ts';

const program = fileURLToPath(new URL('settings.program.ts', import.meta.url));

interface Outcome {
  readonly settings: LibrarySettings;
  readonly messages: readonly string[];
}

/** Each in a process of its own, for TensorFlow looks once. */
async function trainWith(options: CudnnTuningOptions): Promise<Outcome> {
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', program, JSON.stringify(options)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Outcome;
}

describe('settings', { timeout: 60_000 }, () => {
  it('are what TensorFlow runs with', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const some = { mode: 'off', oneDnn: false, intraOpThreads: 1, interOpThreads: 2 } as const;
    const first = await trainWith(some);
    expect(first.settings).toMatchObject({
      autotune: false,
      oneDnn: false,
      intraOpThreads: 1,
      interOpThreads: 2,
    });
    expect(first.messages).toEqual([]);
    const others = { mode: 'off', deterministic: true, oneDnn: true, intraOpThreads: 2 } as const;
    const second = await trainWith(others);
    expect(second.settings).toMatchObject({ deterministicOps: true, oneDnn: true, intraOpThreads: 2 });
    expect(second.messages).toEqual([]);
  });

  it('may ask for measuring and determinism at once, and are told what comes of it', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const { settings, messages } = await trainWith({ mode: 'benchmark', deterministic: true });
    expect(settings).toMatchObject({ autotune: true, deterministicOps: true });
    expect(messages).toEqual([expect.stringMatching(/^\[cudnn-tuner\] benchmark with deterministic: /)]);
  });
});
