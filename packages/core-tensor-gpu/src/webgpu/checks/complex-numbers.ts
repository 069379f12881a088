import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';

type Kernel = (call: StockCall) => tf.TensorInfo | tf.TensorInfo[];

const isComplex = (x: tf.TensorInfo | null | undefined): boolean => x?.dtype === 'complex64';

/** Runs an op on the real and on the imaginary parts. */
const onParts =
  (op: (parts: tf.Tensor[], attrs: StockCall['attrs']) => tf.Tensor): Kernel =>
  ({ inputs, attrs }) =>
    tf.tidy(() => {
      const tensors = Object.values(inputs) as tf.Tensor[];
      return tf.complex(
        op(
          tensors.map((x) => tf.real(x)),
          attrs,
        ),
        op(
          tensors.map((x) => tf.imag(x)),
          attrs,
        ),
      );
    });

/** The parts of a stock complex tensor keep the shape that they had before a reshape. */
const parts: Readonly<Record<string, Kernel>> = {
  [tf.Concat]: onParts((xs, attrs) => tf.concat(xs, attrs['axis'] as number)),
  [tf.ExpandDims]: onParts(([x], attrs) => tf.expandDims(x!, attrs['dim'] as number)),
  [tf.Pack]: onParts((xs, attrs) => tf.stack(xs, attrs['axis'] as number)),
  [tf.Reshape]: onParts(([x], attrs) => tf.reshape(x!, attrs['shape'] as number[])),
  [tf.Transpose]: onParts(([x], attrs) => tf.transpose(x!, attrs['perm'] as number[])),
};

/** Kernels of the stock backend that are right for complex numbers. */
const right: readonly string[] = [
  tf.Add,
  tf.Cast,
  tf.Complex,
  tf.ComplexAbs,
  tf.FFT,
  tf.IFFT,
  tf.Identity,
  tf.Imag,
  tf.Multiply,
  tf.Real,
  tf.Sub,
  tf.ZerosLike,
  tf.OnesLike,
];

/** Runs a kernel on complex numbers, or refuses it. */
export function withComplex(kernelName: string, call: StockCall, stock: Kernel): ReturnType<Kernel> {
  if (!Object.values(call.inputs).some(isComplex) || right.includes(kernelName)) return stock(call);
  const onBoth = parts[kernelName];
  if (onBoth) return onBoth(call);
  throw new CantripError('DTYPE_MISMATCH', {
    who: kernelName,
    what: 'does not compute with complex numbers on webgpu',
    fix: "Open the device 'tensorflow', or use tf.real and tf.imag",
  });
}
