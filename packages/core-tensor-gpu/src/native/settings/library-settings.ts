import type { LibrarySettings } from '../../device/device.ts';
import { contextThreads, hasThread } from './context-threads.ts';
import { cppFunction } from '../api/cpp-function.ts';
import type { NativeLibrary } from '../api/native-library.ts';

/** Asks TensorFlow what it runs with now, whatever the environment says. */
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
    // XLA starts its threads when it makes its first program for the processor.
    xla: hasThread('tf_XLAEigen'),
    ...contextThreads(),
  };
  return Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== undefined));
}

/** Lets float32 products be computed in TF32, or not, from the next op on; false where there is no such switch. */
export function allowTf32(library: Pick<NativeLibrary, 'path'>, allowed: boolean): boolean {
  const set = cppFunction(library, '_ZN3tsl32enable_tensor_float_32_executionEb', 'void', ['bool']);
  set?.(allowed);
  return set !== undefined;
}
