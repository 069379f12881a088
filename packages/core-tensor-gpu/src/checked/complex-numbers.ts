import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelChecks, RunningEngine } from './kernel-checks.ts';

/** Refuses complex numbers on a backend that has none, with the name of the op. */
function refuseComplex(kernel: string, { backendName }: RunningEngine): void {
  if (backendName !== 'wasm') return;
  throw new CantripError('DTYPE_MISMATCH', {
    who: kernel,
    what: 'computes with complex numbers, which wasm does not have',
    fix: "Open the device 'tensorflow' or 'cpu', or use tf.matMul with sines and cosines",
  });
}

/** @throws CantripError DTYPE_MISMATCH */
export const complexChecks: KernelChecks = {
  [tf.Cast]: (_, { dtype }, engine) => {
    if (dtype === 'complex64') refuseComplex(tf.Cast, engine);
  },
  ...Object.fromEntries(
    [tf.Complex, tf.ComplexAbs, tf.FFT, tf.IFFT, tf.Imag, tf.Real].map((kernel) => [
      kernel,
      (_: unknown, __: unknown, engine: RunningEngine) => refuseComplex(kernel, engine),
    ]),
  ),
};
