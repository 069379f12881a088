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
  /** A sum of products that TF32 makes 64. */
  readonly product: number;
  /** TF32 when the trainer has been disposed of. */
  readonly after: boolean | undefined;
}

/** Each in a process of its own, for TensorFlow looks once. */
async function trainWith(options: CudnnTuningOptions, device = 'tensorflow'): Promise<Outcome> {
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', program, JSON.stringify(options), device];
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
    expect(messages).toEqual([
      expect.stringMatching(
        /^\[cudnn-tuner\] mode 'benchmark' with deterministic: true measures .* Set mode: 'deterministic'/,
      ),
    ]);
  });

  it('switch TF32 while TensorFlow runs, and back in the end', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const off = await trainWith({ mode: 'off', tf32: false });
    expect(off).toMatchObject({ settings: { tf32: false }, messages: [], after: true });
    const on = await trainWith({ mode: 'off', tf32: true });
    expect(on).toMatchObject({ settings: { tf32: true }, messages: [], after: true });
  });

  it('keep 24 bits on a GPU without TF32', async (context) => {
    if ((await presentDevices(['cuda'])).length === 0) return context.skip('cuda is absent');
    const off = await trainWith({ mode: 'off', tf32: false, memoryGrowth: true }, 'cuda');
    expect(off.settings).toMatchObject({ tf32: false, autotune: false });
    expect(off.product).toBeCloseTo(64 * (1 + 2 ** -12) ** 2, 4);
    expect(off.messages).toEqual([
      '[cudnn-tuner] cannot check TF_FORCE_GPU_ALLOW_GROWTH=true, because TensorFlow does not report it.',
    ]);
    const on = await trainWith({ mode: 'off', tf32: true }, 'cuda');
    expect(on).toMatchObject({ settings: { tf32: true }, messages: [] });
  });

  it('have the step compiled by XLA, which its threads show', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const [plain, compiled] = [
      await trainWith({ mode: 'off' }),
      await trainWith({ mode: 'off', compile: 'xla' }),
    ];
    expect(compiled.messages).toEqual([]);
    if (process.platform === 'linux')
      expect([plain, compiled].map(({ settings }) => settings.xla)).toEqual([false, true]);
  });
});
