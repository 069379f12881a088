import koffi, { type LibraryHandle } from 'koffi';
import { quietly } from './quiet.ts';

const resolveNow = 2;
const neverUnload = process.platform === 'darwin' ? 0x80 : 0x1000;

/**
 * Loads a shared library and never unloads it. koffi alone would unload it at exit, while TensorFlow's threads still
 * run, and the process would crash.
 */
export function loadForGood(path: string): LibraryHandle {
  return quietly(() => {
    if (process.platform !== 'win32') {
      koffi.load(null).func('dlopen', 'void *', ['str', 'int'])(path, resolveNow | neverUnload);
    }
    return koffi.load(path);
  });
}

/** Loads a shared library. Returns the loader's message if it fails, else undefined. */
export function tryLoad(path: string): string | undefined {
  try {
    loadForGood(path);
    return undefined;
  } catch (error) {
    return loaderMessage(error);
  }
}

/** The loader's own message, without the text that koffi adds. */
export function loaderMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.replace('Failed to load shared library: ', '').replace(/\.$/, '');
}
