import * as tf from '@tensorflow/tfjs-core';
import { shapeCorrections } from './correct-shapes.ts';

type Call = Parameters<tf.KernelFunc>[0];
type Correct = (y: tf.Tensor, call: Call) => tf.Tensor;

/** Replaces kernels of the stock backend that give a wrong number without a word. */
export function correctKernels(): void {
  for (const [kernel, correction] of Object.entries(shapeCorrections))
    replace(kernel, (stock) => (call) => correction({ ...call, attrs: call.attrs ?? {} } as never, stock));
  for (const kernel of [tf.Acosh, tf.Asinh, tf.Atanh, tf.Sigmoid]) correct(kernel, keepNaN);
  correct(tf.Cast, toFloats);
  correct(tf.Softmax, keepNaNOfRow);
  correct(tf.Prod, keepAxes);
  correct(tf.GatherV2, markOutside);
  replace(tf.Transpose, (stock) => (call) => {
    const x = call.inputs['x'] as tf.Tensor;
    const { perm } = call.attrs as unknown as tf.TransposeAttrs;
    return x.rank > 2 && x.dtype !== 'float32' && x.dtype !== 'complex64' && x.dtype !== 'string'
      ? tf.tidy(() => transposeByFloats(x, perm))
      : stock(call);
  });
}

/** The stock program for more than two axes compiles for float32 alone. Integers are exact up to 2^24. */
function transposeByFloats(x: tf.Tensor, perm: number[]): tf.Tensor {
  return tf.cast(tf.transpose(tf.cast(x, 'float32'), perm), x.dtype);
}

function correct(kernelName: string, by: Correct): void {
  replace(
    kernelName,
    (stock) => (call) =>
      tf.tidy(() => {
        const y = stock(call) as tf.TensorInfo;
        return by(y instanceof tf.Tensor ? (y as tf.Tensor) : tf.engine().makeTensorFromTensorInfo(y), call);
      }),
  );
}

function replace(kernelName: string, by: (stock: tf.KernelFunc) => tf.KernelFunc): void {
  const { kernelFunc } = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ kernelName, backendName, kernelFunc: by(kernelFunc) });
}

/** The stock kernel leaves integers in the GPU's memory as they are. Programs that expect floats do not compile then. */
const toFloats: Correct = (y, { inputs }) => {
  const { dtype } = inputs['x'] as tf.Tensor;
  return y.dtype === 'float32' && (dtype === 'int32' || dtype === 'bool') ? tf.mul(y, 1) : y;
};

/** The stock kernel gives a number where its input is NaN. */
const keepNaN: Correct = (y, { inputs }) => {
  const x = inputs['x'] as tf.Tensor;
  if (x.dtype !== 'float32') return y;
  // The programs of the stock backend compare up to five axes.
  const flat = tf.reshape(x, [-1]);
  return tf.reshape(tf.where(tf.isNaN(flat), flat, tf.reshape(y, [-1])), x.shape);
};

const keepNaNOfRow: Correct = (y, { inputs, attrs }) => {
  const logits = inputs['logits'] as tf.Tensor;
  if (logits.dtype !== 'float32') return y;
  return tf.where(tf.any(tf.isNaN(logits), attrs!['dim'] as number, true), NaN, y);
};

/** The stock kernel leaves the axes out that `keepDims` keeps. */
const keepAxes: Correct = (y, { inputs, attrs }) => {
  const { axis, keepDims } = attrs as unknown as tf.ProdAttrs;
  if (!keepDims) return y;
  const { shape } = inputs['x'] as tf.Tensor;
  const axes = tf.util.parseAxisParam(axis, shape);
  return tf.reshape(
    y,
    shape.map((size, i) => (axes.includes(i) ? 1 : size)),
  );
};

/** The stock kernel gives 0 for an index that is out of range, as a GPU of TensorFlow does; NaN ends the run. */
const markOutside: Correct = (y, { inputs, attrs }) => {
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  if (y.dtype !== 'float32') return y;
  const { batchDims: given } = attrs as unknown as tf.GatherV2Attrs;
  const batchDims = given < 0 ? given + indices.rank : given;
  const axis = tf.util.parseAxisParam((attrs as unknown as tf.GatherV2Attrs).axis, x.shape)[0]!;
  const inside = tf.logicalAnd(tf.greaterEqual(indices, 0), tf.less(indices, x.shape[axis]!));
  const shape = [
    ...indices.shape.slice(0, batchDims),
    ...new Array<number>(axis - batchDims).fill(1),
    ...indices.shape.slice(batchDims),
    ...new Array<number>(x.rank - axis - 1).fill(1),
  ];
  return tf.where(tf.reshape(inside, shape), y, NaN);
};

const backendName = 'webgpu';
