import type { LibrarySettings } from '../../device/device.ts';
import { contextThreads, hasThread } from './context-threads.ts';
import { cppFunction } from '../api/cpp-function.ts';
import type { NativeLibrary } from '../api/native-library.ts';

/** Reads TensorFlow's current settings from the library, not from the environment. */
export function librarySettings(library: Pick<NativeLibrary, 'path'>): LibrarySettings {
  const ask = (symbol: string): boolean | undefined => {
    const answer = cppFunction(library, symbol, 'bool', [])?.();
    return answer === undefined ? undefined : Boolean(answer);
  };
  const answers = {
    oneDnn: ask('_ZN10tensorflow12IsMKLEnabledEv'),
    autotune: ask('_ZN3tsl16CudnnUseAutotuneEv'),
    deterministicOps: ask('_ZN3tsl21OpDeterminismRequiredEv'),
    tf32: ask('_ZN3tsl33tensor_float_32_execution_enabledEv'),
    // XLA starts its threads when it compiles its first program for the CPU.
    xla: hasThread('tf_XLAEigen'),
    ...contextThreads(),
  };
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== undefined));
}

/** Allows or forbids TF32 for float32 products, from the next op on. Returns false if there is no such setting. */
export function allowTf32(library: Pick<NativeLibrary, 'path'>, allowed: boolean): boolean {
  const set = cppFunction(library, '_ZN3tsl32enable_tensor_float_32_executionEb', 'void', ['bool']);
  set?.(allowed);
  return set !== undefined;
}
