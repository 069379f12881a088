import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Absence } from '../../device/device-absent.ts';
import type { NativeLibrary } from '../api/native-library.ts';

export const installCuda = 'npx @cantrip/cli install-runtime --cuda';

/** The libraries that TensorFlow 2.18 and later load to find a GPU, in that order. */
const toolkit = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.9',
] as const;

/** Loads a library. Returns the loader's message if it fails, else undefined. */
export type TryLoad = (path: string) => string | undefined;

/** Why no TensorFlow can use CUDA; undefined if the driver loads. This check is cheap, so it comes first. */
export function whyNoDriver(tryLoad: TryLoad, platform: string = process.platform): Absence | undefined {
  if (platform === 'darwin') return { reason: 'there is no CUDA for macOS' };
  const driver = platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1';
  const failure = tryLoad(driver);
  if (failure === undefined) return undefined;
  return {
    reason: `the NVIDIA driver's ${driver} does not load (${failure})`,
    advice: 'Install the NVIDIA driver of this GPU, or open another device',
  };
}

/** Why TensorFlow finds no GPU although the driver loads: the first of its libraries that does not load. */
export function whyNoGpu({ path, version, builtWithCuda }: NativeLibrary, tryLoad: TryLoad): Absence {
  if (!builtWithCuda) {
    return {
      reason: `the TensorFlow ${version} at ${path} is built for the CPU only`,
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

const checkSmi = 'Check whether `nvidia-smi` lists a GPU of compute capability 6.0 or later';

function hidden(): Absence | undefined {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  if (visible === undefined) return undefined;
  return {
    reason: `CUDA_VISIBLE_DEVICES is "${visible}", and TensorFlow lists no GPU`,
    advice: 'Unset CUDA_VISIBLE_DEVICES, or set it to a GPU that `nvidia-smi` lists',
  };
}

/** TensorFlow from a wheel finds NVIDIA's libraries in `nvidia/…/lib` next to its own folder. */
function besideWheel(library: string, name: string): string | undefined {
  const nvidia = join(dirname(dirname(library)), 'nvidia');
  if (!existsSync(nvidia)) return undefined;
  return readdirSync(nvidia)
    .map((part) => join(nvidia, part, 'lib', name))
    .find((path) => existsSync(path));
}
