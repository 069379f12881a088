import * as tf from '@tensorflow/tfjs-core';
import { unbroadcast } from './unbroadcast.ts';

/** The gradient of an op with regard to the parts of its inputs: `x.re` and `x.im` for a complex input `x`. */
export type PartGradient = (
  dy: readonly tf.Tensor[],
  saved: readonly tf.Tensor[],
  attributes: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, () => tf.Tensor>>;

/** Kernels that do the same to both parts. Their gradient for real numbers reads no values. */
export const linearKernels: ReadonlySet<string> = new Set([
  tf.Add,
  tf.AddN,
  tf.Concat,
  tf.ExpandDims,
  tf.Identity,
  tf.Neg,
  tf.Pack,
  tf.Reshape,
  tf.Reverse,
  tf.Slice,
  tf.SplitV,
  tf.Sub,
  tf.Sum,
  tf.Tile,
  tf.Transpose,
  tf.Unpack,
]);

/** A clone, because tfjs-core disposes a gradient after adding another one to it. */
const copy = (dy: tf.Tensor) => (): tf.Tensor => tf.clone(dy);

/** A discrete Fourier transform is a matrix of complex numbers; back leads its conjugate transpose. */
const transform =
  (back: (dy: tf.Tensor, length: number) => tf.Tensor): PartGradient =>
  ([re, im]) => {
    const dx = back(tf.complex(re!, im!), re!.shape.at(-1)!);
    return { 'input.re': () => tf.real(dx), 'input.im': () => tf.imag(dx) };
  };

const scaled = (z: tf.Tensor, factor: number): tf.Tensor =>
  tf.complex(tf.mul(tf.real(z), factor), tf.mul(tf.imag(z), factor));

const conjugate = (z: tf.Tensor): tf.Tensor => tf.complex(tf.real(z), tf.neg(tf.imag(z)));

/** The parts of the gradients of two factors, summed to their shapes. */
function ofBoth(
  [re, im]: readonly tf.Tensor[],
  a: tf.Tensor,
  b: tf.Tensor,
  gradients: (dy: tf.Tensor) => readonly [da: tf.Tensor, db: tf.Tensor],
): ReturnType<PartGradient> {
  const [da, db] = gradients(tf.complex(re!, im!));
  return {
    'a.re': () => unbroadcast(tf.real(da), a.shape),
    'a.im': () => unbroadcast(tf.imag(da), a.shape),
    'b.re': () => unbroadcast(tf.real(db), b.shape),
    'b.im': () => unbroadcast(tf.imag(db), b.shape),
  };
}

/** Gradients of ops whose inputs or results are complex. */
export const complexRules: Readonly<Record<string, PartGradient>> = {
  [tf.Cast]: ([re, im], _, { dtype }) => {
    // A real number has no imaginary part. Whole numbers have no slope.
    const back = dtype === 'complex64' || dtype === 'float32' ? copy(re!) : () => tf.zerosLike(re!);
    return { x: back, 'x.re': back, 'x.im': im ? copy(im) : () => tf.zerosLike(re!) };
  },
  [tf.Complex]: ([re, im]) => ({ real: copy(re!), imag: copy(im!) }),
  [tf.ComplexAbs]: ([dy], [z]) => {
    // At 0 there is no direction: 0, as in PyTorch.
    const share = tf.divNoNan(dy!, tf.abs(z!));
    return { 'x.re': () => tf.mul(share, tf.real(z!)), 'x.im': () => tf.mul(share, tf.imag(z!)) };
  },
  [tf.FFT]: transform((dy, length) => scaled(tf.ifft(dy), length)),
  [tf.IFFT]: transform((dy, length) => scaled(tf.fft(dy), 1 / length)),
  [tf.Imag]: ([dy]) => ({ 'input.re': () => tf.zerosLike(dy!), 'input.im': copy(dy!) }),
  [tf.Multiply]: (dy, [a, b]) =>
    ofBoth(dy, a!, b!, (dz) => [tf.mul(dz, conjugate(b!)), tf.mul(dz, conjugate(a!))]),
  [tf.RealDiv]: (dy, [a, b]) =>
    ofBoth(dy, a!, b!, (dz) => {
      const da = tf.div(dz, conjugate(b!));
      return [da, tf.neg(tf.mul(da, conjugate(tf.div(a!, b!))))];
    }),
  [tf.Real]: ([dy]) => ({ 'input.re': copy(dy!), 'input.im': () => tf.zerosLike(dy!) }),
  [tf.Square]: ([re, im], [x]) => {
    const dx = tf.mul(tf.complex(tf.mul(re!, 2), tf.mul(im!, 2)), conjugate(x!));
    return { 'x.re': () => tf.real(dx), 'x.im': () => tf.imag(dx) };
  },
};
