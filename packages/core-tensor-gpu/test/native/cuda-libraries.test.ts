import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { whyNoDriver, whyNoGpu } from '../../src/native/library/cuda-libraries.ts';
import type { NativeLibrary } from '../../src/native/api/native-library.ts';

const library = (path: string, builtWithCuda = true): NativeLibrary =>
  ({ path, version: '2.21.0', builtWithCuda }) as NativeLibrary;
const lacking = (missing: string) => (path: string) => (path.endsWith(missing) ? 'no such file' : undefined);
const everythingLoads = (): undefined => undefined;

afterEach(() => void vi.unstubAllEnvs());

describe('why there is no CUDA', () => {
  it('is the driver, where its library does not load', () => {
    expect(whyNoDriver(lacking('libcuda.so.1'), 'linux')).toEqual({
      reason: "the NVIDIA driver's libcuda.so.1 does not load (no such file)",
      advice: 'Install the NVIDIA driver of this GPU, or open another device',
    });
    expect(whyNoDriver(everythingLoads, 'linux')).toBeUndefined();
    expect(whyNoDriver(everythingLoads, 'darwin')).toEqual({ reason: 'there is no CUDA for macOS' });
  });

  it('is a TensorFlow that was built for the processor', () => {
    expect(whyNoGpu(library('/tf/libtensorflow_cc.so.2', false), everythingLoads)).toEqual({
      reason: 'the TensorFlow 2.21.0 at /tf/libtensorflow_cc.so.2 is built for the CPU only',
      command: 'npx @cantrip/cli install-runtime --cuda',
    });
  });

  it.each(['libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9'])(
    'is %s, where it does not load',
    (name) => {
      expect(whyNoGpu(library('/tf/libtensorflow_cc.so.2'), lacking(name))).toEqual({
        reason: `${name} does not load (no such file)`,
        command: 'npx @cantrip/cli install-runtime --cuda',
      });
    },
  );

  it("is looked for in NVIDIA's wheels beside TensorFlow's", () => {
    const root = mkdtempSync(join(tmpdir(), 'cuda-'));
    mkdirSync(join(root, 'tensorflow'));
    mkdirSync(join(root, 'nvidia/cudnn/lib'), { recursive: true });
    writeFileSync(join(root, 'nvidia/cudnn/lib/libcudnn.so.9'), '');
    const tried: string[] = [];
    whyNoGpu(library(join(root, 'tensorflow/libtensorflow_cc.so.2')), (path) => void tried.push(path));
    expect(tried).toContain(join(root, 'nvidia/cudnn/lib/libcudnn.so.9'));
    expect(tried).toContain('libcudart.so.12');
  });

  it('is CUDA_VISIBLE_DEVICES, where that hides the GPU', () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
    expect(whyNoGpu(library('/tf/libtensorflow_cc.so.2'), everythingLoads).reason).toBe(
      'CUDA_VISIBLE_DEVICES is "-1", and TensorFlow lists no GPU',
    );
  });

  it('is said to be unknown, where everything loads', () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', undefined);
    expect(whyNoGpu(library('/tf/libtensorflow_cc.so.2'), everythingLoads).advice).toContain('nvidia-smi');
  });
});
