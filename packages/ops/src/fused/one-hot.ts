import * as tf from '@tensorflow/tfjs-core';
import { kernelNames } from '../kernels/kernel-names.ts';
import { type OwnKernel, runOwnKernel } from '../kernels/own-kernel.ts';

interface OneHotInputs extends Record<string, tf.Tensor> {
  /** `[rows]`, int32 */
  readonly indices: tf.Tensor;
}

const oneHotKernel: OwnKernel<OneHotInputs> = {
  name: kernelNames.oneHot,
  composed({ indices }, { classes, on, off }) {
    // wasm returns integers for every requested dtype.
    const ones = tf.cast(tf.oneHot(indices as tf.Tensor1D, classes!), 'float32');
    return [off === 0 && on === 1 ? ones : tf.add(tf.mul(ones, on! - off!), off!)];
  },
  gradient: (_, [indices]) => ({ indices: () => tf.zerosLike(indices!) }),
  inputsToSave: ['indices'],
};

/** A float32 tensor `[rows, classes]`: `on` at each row's index, `off` elsewhere. */
export function oneHot(
  indices: tf.Tensor,
  classes: number,
  { on, off }: { readonly on: number; readonly off: number },
): tf.Tensor {
  return runOwnKernel(oneHotKernel, { indices }, { classes, on, off })[0]!;
}
