import * as tf from '@tensorflow/tfjs-core';
import { imageKernels } from '../geometry/image-kernels.ts';
import { broadcastComplex } from './broadcast-complex.ts';
import { broadcastMatMul } from './broadcast-mat-mul.ts';
import { refuseChannelsFirst } from './channels-first.ts';
import { conv3d } from './conv3d.ts';
import { conv3dBackpropFilter, conv3dBackpropInput } from './conv3d-gradients.ts';
import { contractTensors } from './contract-tensors.ts';
import { dilation2d, dilation2dGradient } from './dilation2d.ts';
import { fusedConvolution } from './fused-convolution.ts';
import { fusedMatMul } from './fused-mat-mul.ts';
import { gatherInBatches } from './gather.ts';
import { avgPool, maxPool, maxPoolWithArgmax, roundsUp } from './pooling.ts';
import { avgPoolGradient, maxPoolGradient } from './pooling-gradient.ts';
import { reduceNone, reductions } from './reduce-none.ts';
import { compute, refineKernel, type StockName } from './stock-backend.ts';
import { stridedSlice } from './strided-slice.ts';
import { refuseUnevenPadding } from './uneven-padding.ts';
import { withMargins } from './wide-strides.ts';

type Correction = Parameters<typeof refineKernel>[2];

/** Corrects a negative axis. The stock kernels read wrong memory for it, or crash the wasm backend. */
const countedAxis: Correction = ({ inputs, attrs, backend }, stock) => {
  const { rank } = inputs['x'] as tf.Tensor;
  const axis = attrs['axis'] as number;
  return stock({
    inputs,
    attrs: { ...attrs, axis: axis < 0 ? axis + rank : axis } as tf.NamedAttrMap,
    backend: backend as object,
  });
};

/** Copies the tensor first, because the stock kernel writes the updates into its input. */
const updateCopy: Correction = (call, stock) => {
  const { tensor } = call.inputs as { tensor: tf.TensorInfo };
  const copy = compute(call, [tensor], tensor.shape, (result, values) => result.set(values!));
  return stock({
    inputs: { ...call.inputs, tensor: copy },
    attrs: call.attrs as tf.NamedAttrMap,
    backend: call.backend as object,
  });
};

/** Refuses what TensorFlow.js computes from one padding for both axes. */
const evenly =
  (kernel: string): Correction =>
  (call, stock) =>
    refuseUnevenPadding(kernel, call, stock);

/** Kernels with a window that take one padding for both axes. */
const windowed = [tf.AvgPool, tf.Conv2D, tf.DepthwiseConv2dNative, tf.MaxPool];

/** Convolutions whose strides skip pixels. */
const wideStrides =
  (kernel: string, depthwise: boolean): Correction =>
  (call, stock) => {
    refuseChannelsFirst(kernel, call);
    return refuseUnevenPadding(kernel, call, (given) =>
      withMargins({ ...call, ...given } as never, stock, depthwise),
    );
  };

/** Fused convolutions with any bias. */
const anyBias =
  (convolve: Correction): Correction =>
  (call, stock) =>
    fusedConvolution(call, (given) => convolve({ ...call, ...given } as never, stock) as tf.TensorInfo);

const both: Readonly<Record<string, Correction>> = {
  ...Object.fromEntries(windowed.map((kernel): [string, Correction] => [kernel, evenly(kernel)])),
  ...Object.fromEntries(
    reductions.map((kernel): [string, Correction] => [
      kernel,
      (call, stock) => reduceNone(kernel, call, stock),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(imageKernels).map(([kernel, compute]): [string, Correction] => [
      kernel,
      (call) => compute(call as never) as tf.TensorInfo,
    ]),
  ),
  [tf._FusedMatMul]: (call) => fusedMatMul(call),
  [tf.AvgPool3D]: (call) => avgPool(call, 3),
  [tf.AvgPool3DGrad]: (call) => avgPoolGradient(call, 3),
  [tf.Conv3D]: conv3d,
  [tf.Conv3DBackpropFilterV2]: (call) => conv3dBackpropFilter(call),
  [tf.Conv3DBackpropInputV2]: (call) => conv3dBackpropInput(call),
  [tf.Cumprod]: countedAxis,
  [tf.Cumsum]: countedAxis,
  [tf.Einsum]: contractTensors,
  [tf.MaxPool3D]: (call) => maxPool(call, 3),
  [tf.MaxPool3DGrad]: (call) => maxPoolGradient(call, 3),
  [tf.StridedSlice]: (call) => stridedSlice(call),
};

const corrections: Readonly<Record<StockName, Readonly<Record<string, Correction>>>> = {
  cpu: {
    ...both,
    [tf.Add]: broadcastComplex,
    [tf.Multiply]: broadcastComplex,
    [tf.Sub]: broadcastComplex,
    [tf.AvgPoolGrad]: (call) => avgPoolGradient(call, 2),
    [tf.BatchMatMul]: broadcastMatMul,
    [tf.FusedConv2D]: anyBias(evenly(tf.FusedConv2D)),
    [tf.FusedDepthwiseConv2D]: anyBias(evenly(tf.FusedDepthwiseConv2D)),
    [tf.MaxPoolGrad]: (call) => maxPoolGradient(call, 2),
    [tf.TensorScatterUpdate]: updateCopy,
  },
  wasm: {
    ...both,
    [tf.AvgPool]: (call, stock) =>
      roundsUp(call.attrs) ? avgPool(call, 2) : refuseUnevenPadding(tf.AvgPool, call, stock),
    [tf.GatherV2]: (call, stock) => (call.attrs['batchDims'] ? gatherInBatches(call) : stock(call as never)),
    [tf.MaxPool]: (call, stock) =>
      roundsUp(call.attrs) ? maxPool(call, 2) : refuseUnevenPadding(tf.MaxPool, call, stock),
    [tf.MaxPoolWithArgmax]: (call) => maxPoolWithArgmax(call),
    [tf.Conv2D]: wideStrides(tf.Conv2D, false),
    [tf.DepthwiseConv2dNative]: wideStrides(tf.DepthwiseConv2dNative, true),
    [tf.FusedConv2D]: anyBias(wideStrides(tf.FusedConv2D, false)),
    [tf.FusedDepthwiseConv2D]: anyBias(wideStrides(tf.FusedDepthwiseConv2D, true)),
    [tf.Dilation2D]: (call) => dilation2d(call),
    [tf.Dilation2DBackpropFilter]: (call) => dilation2dGradient(call, 'filter'),
    [tf.Dilation2DBackpropInput]: (call) => dilation2dGradient(call, 'x'),
  },
};

/** The kernels that are corrected here. */
export const correctedKernels: readonly string[] = [
  ...new Set(Object.values(corrections).flatMap((ofBackend) => Object.keys(ofBackend))),
];

const corrected = new Set<StockName>();

/** Corrects the wrong kernels of a stock backend. A second call has no effect. */
export function correctStockKernels(backendName: StockName): void {
  if (corrected.has(backendName)) return;
  corrected.add(backendName);
  for (const [kernel, correction] of Object.entries(corrections[backendName])) {
    refineKernel(backendName, kernel, correction);
  }
}
