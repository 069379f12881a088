import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../stock/stock-backend.ts';
import { withComplex } from './checks/complex-numbers.ts';
import { shapeCorrections } from './correct-shapes.ts';
import { indexChecks } from './checks/index-checks.ts';
import { integerKernels, withIntegers } from './programs/integer-arithmetic.ts';
import { byHalves } from './programs/integers-by-halves.ts';
import { movedInputs } from './programs/moved-inputs.ts';
import type { Kernel } from './programs/on-host.ts';
import { sine, sineKernels } from './programs/sines.ts';

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
  for (const kernel of sineKernels) refine(kernel, (call) => sine(kernel, call));
  for (const kernel of integerKernels) refine(kernel, (call, stock) => withIntegers(kernel, call, stock));
  for (const [kernel, keys] of Object.entries(movedInputs))
    refine(kernel, (call, stock) =>
      byHalves(call, stock, keys(call), kernel === tf.ScatterNd ? 'int32' : 'float32'),
    );
  for (const [kernel, check] of Object.entries(indexChecks))
    refine(kernel, (call, stock) => {
      check(call);
      return stock(call);
    });
  for (const { kernelName } of tf.getKernelsForBackend(backendName))
    refine(kernelName, (call, stock) => withComplex(kernelName, call, stock));
}

function refine(kernelName: string, by: (call: StockCall, stock: Kernel) => ReturnType<Kernel>): void {
  replace(kernelName, (stock) => {
    const kernel = stock as unknown as Kernel;
    return (call) => by({ ...call, attrs: call.attrs ?? {} } as unknown as StockCall, kernel);
  });
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

const backendName = 'webgpu';
