import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Absence } from '../../device/device-absent.ts';
import type { NativeLibrary } from '../api/native-library.ts';

export const installCuda = 'npx @cantrip/cli install-runtime --cuda';

/** What TensorFlow 2.18 and later load when they look for a GPU, in that order. */
const toolkit = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.9',
] as const;

/** Loads a library and returns undefined, or returns what the loader said. */
export type TryLoad = (path: string) => string | undefined;

/** Why there is no CUDA whatever TensorFlow is used; undefined where the driver loads. Cheap: asked before anything else. */
export function whyNoDriver(tryLoad: TryLoad, platform: string = process.platform): Absence | undefined {
  if (platform === 'darwin') return { reason: 'there is no CUDA for macOS' };
  const driver = platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1';
  const failure = tryLoad(driver);
  if (failure === undefined) return undefined;
  return {
    reason: `the NVIDIA driver's ${driver} does not load (${failure})`,
    advice: 'Install the NVIDIA driver of this GPU, or ask for another device',
  };
}

/** Why TensorFlow sees no GPU although the driver is there: the first of its libraries that does not load. */
export function whyNoGpu({ path, version, builtWithCuda }: NativeLibrary, tryLoad: TryLoad): Absence {
  if (!builtWithCuda) {
    return {
      reason: `the TensorFlow ${version} at ${path} is built for the processor only`,
      command: installCuda,
    };
  }
  for (const name of toolkit) {
    const failure = tryLoad(besideWheel(path, name) ?? name);
    if (failure !== undefined) return { reason: `${name} does not load (${failure})`, command: installCuda };
  }
  return (
    hidden() ?? {
      reason: 'the driver and every CUDA library load, but TensorFlow lists no GPU',
      advice: checkSmi,
    }
  );
}

const checkSmi = 'See whether `nvidia-smi` lists a GPU of compute capability 6.0 or later';

function hidden(): Absence | undefined {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return undefined;
  return {
    reason: `CUDA_VISIBLE_DEVICES is "${visible}", and TensorFlow lists no GPU`,
    advice: 'Unset CUDA_VISIBLE_DEVICES, or let it name a GPU that `nvidia-smi` lists',
  };
}

/** A wheel finds NVIDIA's libraries in `nvidia/…/lib` beside its own folder. */
function besideWheel(library: string, name: string): string | undefined {
  const nvidia = join(dirname(dirname(library)), 'nvidia');
  if (!existsSync(nvidia)) return undefined;
  return readdirSync(nvidia)
    .map((part) => join(nvidia, part, 'lib', name))
    .find((path) => existsSync(path));
}
