import koffi from 'koffi';
import type { LibrarySettings } from '../device/device.ts';
import { contextThreads } from './context-threads.ts';
import type { NativeLibrary } from './native-library.ts';

/** Asks TensorFlow what it runs with, whatever the environment says. */
export function librarySettings({ path }: NativeLibrary): LibrarySettings {
  // C++ functions, no part of the C API: where one is missing, its answer is.
  const ask = (symbol: string): boolean | undefined => {
    try {
      return Boolean(koffi.load(path).func(symbol, 'bool', [])());
    } catch {
      return undefined;
    }
  };
  const answers = {
    oneDnn: ask('_ZN10tensorflow12IsMKLEnabledEv'),
    autotune: ask('_ZN3tsl16CudnnUseAutotuneEv'),
    deterministicOps: ask('_ZN3tsl21OpDeterminismRequiredEv'),
    ...contextThreads(),
  };
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== undefined));
}
