import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { poolingOf } from '../geometry/pooling-windows.ts';
import { broadcastMatMul } from '../stock/broadcast-mat-mul.ts';
import { contractTensors } from '../stock/contract-tensors.ts';
import { conv3d } from '../stock/conv3d.ts';
import { fusedConvolution } from '../stock/fused-convolution.ts';
import { fusedMatMul } from '../stock/fused-mat-mul.ts';
import type { StockCall } from '../stock/stock-backend.ts';
import { stridedSlice as stridedSliceOnHost } from '../stock/strided-slice.ts';
import { averagePoolingGradient } from './average-pooling.ts';
import { cumulative } from './cumulative.ts';
import { fourier } from './programs/fourier.ts';
import { padAxes } from './many-axes.ts';
import { reverse, slice, stridedSlice, tile, transpose } from './programs/move-numbers.ts';
import { computedOnHost, tracked } from './programs/on-host.ts';
import type { Gpu } from './programs/program.ts';
import { reduce, reductions } from './reductions.ts';
import { sumSegments } from './programs/segment-sums.ts';
import { select } from './programs/select.ts';
import { imageKernels } from '../geometry/image-kernels.ts';

export type Correction = (call: StockCall, stock: tf.KernelFunc) => tf.TensorInfo;

const anyBias: Correction = (call, stock) =>
  fusedConvolution(call, (given) => stock({ ...call, ...given } as never) as tf.TensorInfo);

/** A product of matrices; of no numbers it is 0. */
const matMul: Correction = (call, stock) => {
  const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
  if (a.size > 0 && b.size > 0) return broadcastMatMul(call, stock);
  const { transposeA, transposeB } = call.attrs as unknown as tf.BatchMatMulAttrs;
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return tf.zeros([...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!]);
};

/** For `same` padding tfjs-core computes a negative number of pixels where strides skip some. */
const skips = (kernel: string): CantripError =>
  new CantripError('OPTION_INVALID', {
    who: kernel,
    what: "has no padding 'same' on webgpu with strides that are longer than the window",
    fix: "Use the padding 'valid', or open another device",
  });

/** The gradients of 3D convolutions; the stock kernels start at the wrong pixel where strides skip some. */
const conv3dGradient: Correction = (call, stock) => {
  const { strides, pad, filterShape } = call.attrs as unknown as tf.Conv3DBackpropFilterV2Attrs;
  const window = call.inputs['filter']?.shape ?? filterShape;
  const steps = typeof strides === 'number' ? [strides, strides, strides] : strides;
  if (pad === 'same' && steps.some((stride, axis) => stride > window[axis]!))
    throw skips('conv3d, backwards,');
  return stock(call as never) as tf.TensorInfo;
};

/** Pooling of which the same is true, also forwards. */
const evenly3d =
  (kernel: string, run: Correction): Correction =>
  (call, stock) => {
    const { shape } = (call.inputs['input'] ?? call.inputs['x'])!;
    const axes = poolingOf(shape, call.attrs, 3);
    const wide = [axes.depth, axes.rows, axes.columns].some(({ stride, window }) => stride > window);
    if (wide && call.attrs['pad'] === 'same') throw skips(kernel);
    return run(call, stock);
  };

/** A sum of any number of tensors; the stock program takes one buffer of the GPU for each, and those are few. */
const sumOfMany: Correction = (call, stock) => {
  const tensors = Object.values(call.inputs) as tf.Tensor[];
  if (tensors.length < 5 && tensors[0]!.dtype !== 'int32') return stock(call as never) as tf.TensorInfo;
  return tf.tidy(() => tensors.reduce((sum, tensor) => tf.add(sum, tensor)));
};

/** A kernel that moves numbers, where the stock program is wrong or reads them as floats. */
const moves =
  (move: (call: StockCall) => tf.TensorInfo, wrong: (x: tf.TensorInfo) => boolean): Correction =>
  (call, stock) => {
    const x = call.inputs['x']!;
    if (x.dtype === 'string' || x.dtype === 'complex64' || !wrong(x))
      return stock(call as never) as tf.TensorInfo;
    return tf.tidy(
      () => (computedOnHost(call, stock as never) as tf.Tensor | undefined) ?? tracked(move(call)),
    );
  };

/** The stock program writes a float32. */
const fillExactly: Correction = (call, stock) => {
  const { shape, value, dtype } = call.attrs as unknown as tf.FillAttrs;
  if (dtype !== 'int32' || Math.abs(value as number) <= 2 ** 24) return stock(call as never) as tf.TensorInfo;
  const values = new Int32Array(tf.util.sizeFromShape(shape)).fill(value as number);
  return (call.backend as Gpu).makeTensorInfo(shape, dtype, values);
};

/** On the host, the stock kernel keeps a reference to each input, which is then never freed. */
const gatherNd: Correction = (call, stock) => {
  const gpu = call.backend as Gpu;
  const { params, indices } = call.inputs as { params: tf.TensorInfo; indices: tf.TensorInfo };
  const onHost = gpu.shouldExecuteOnCPU([params, indices]);
  const y = stock(call as never) as tf.TensorInfo;
  if (onHost) for (const { dataId } of [params, indices]) gpu.disposeData(dataId);
  return y;
};

const asIs: Correction = (call, stock) => stock(call as never) as tf.TensorInfo;

/** Kernels that are wrong for some shapes or axes. */
export const shapeCorrections: Readonly<Record<string, Correction>> = {
  ...Object.fromEntries(
    Object.entries(reductions).map(([kernel, ofNothing]): [string, Correction] => [
      kernel,
      (call, stock) => reduce(kernel, call, stock, ofNothing),
    ]),
  ),
  [tf._FusedMatMul]: (call) => fusedMatMul(call),
  [tf.AddN]: sumOfMany,
  [tf.AvgPool3D]: evenly3d(tf.AvgPool3D, asIs),
  [tf.AvgPool3DGrad]: (call, stock) => averagePoolingGradient(call, stock, 3),
  [tf.AvgPoolGrad]: (call, stock) => averagePoolingGradient(call, stock, 2),
  [tf.BatchMatMul]: matMul,
  [tf.Conv3D]: conv3d,
  [tf.Conv3DBackpropFilterV2]: conv3dGradient,
  [tf.Conv3DBackpropInputV2]: conv3dGradient,
  [tf.Cumprod]: (call) => cumulative(call, tf.mul, 1),
  [tf.Cumsum]: (call) => cumulative(call, tf.add, 0),
  [tf.Einsum]: (call) => contractTensors(call),
  [tf.FFT]: fourier(false),
  [tf.FusedConv2D]: anyBias,
  [tf.FusedDepthwiseConv2D]: anyBias,
  [tf.GatherNd]: gatherNd,
  [tf.IFFT]: fourier(true),
  [tf.MaxPool3D]: evenly3d(tf.MaxPool3D, asIs),
  [tf.PadV2]: padAxes,
  [tf.Fill]: fillExactly,
  [tf.Reverse]: moves(reverse, ({ dtype }) => dtype !== 'float32'),
  [tf.Select]: (call) => select(call),
  [tf.Slice]: moves(slice, ({ dtype, shape }) => dtype !== 'float32' || shape.length > 4),
  [tf.StridedSlice]: (call) =>
    (call.backend as Gpu).shouldExecuteOnCPU([call.inputs['x']!])
      ? stridedSliceOnHost(call)
      : stridedSlice(call),
  [tf.Tile]: moves(tile, ({ dtype, shape }) => dtype !== 'float32' || shape.length > 4),
  [tf.Transform]: (call) => imageKernels[tf.Transform]!(call as never) as tf.TensorInfo,
  [tf.Transpose]: moves(transpose, ({ dtype, shape }) => dtype !== 'float32' || shape.length > 6),
  [tf.UnsortedSegmentSum]: sumSegments,
};
