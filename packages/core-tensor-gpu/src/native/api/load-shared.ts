import koffi, { type LibraryHandle } from 'koffi';
import { quietly } from './quiet.ts';

const resolveNow = 2;
const neverUnload = process.platform === 'darwin' ? 0x80 : 0x1000;

/**
 * Loads a shared library for the life of the process. koffi alone would unload it at exit, under the feet of
 * TensorFlow's threads, and the process would end with a crash.
 */
export function loadForGood(path: string): LibraryHandle {
  return quietly(() => {
    if (process.platform !== 'win32') {
      koffi.load(null).func('dlopen', 'void *', ['str', 'int'])(path, resolveNow | neverUnload);
    }
    return koffi.load(path);
  });
}

/** Loads a shared library; returns what the loader said where it can't, else undefined. */
export function tryLoad(path: string): string | undefined {
  try {
    loadForGood(path);
    return undefined;
  } catch (error) {
    return loaderMessage(error);
  }
}

/** What the loader said, in its own last words. */
export function loaderMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.replace('Failed to load shared library: ', '').replace(/\.$/, '');
}
