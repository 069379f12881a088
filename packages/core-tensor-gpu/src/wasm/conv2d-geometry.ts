import { CantripError } from '@cantrip/errors';
import { backend_util, Slice, type TensorInfo } from '@tensorflow/tfjs-core';
import { type BackendWasm, callKernel } from './wasm-backend.ts';

type Shape4D = [number, number, number, number];
export type Conv2DGeometry = backend_util.Conv2DInfo;

interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes, strides and padding of the convolution of which a kernel computes a gradient. */
export function conv2dGeometry(
  kernel: string,
  attrs: Readonly<Record<string, unknown>>,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise = false,
): Conv2DGeometry {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs as unknown as ConvolutionAttributes;
  if (dataFormat === 'NCHW') throw channelsFirst(kernel);
  return backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

function channelsFirst(kernel: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: `wasm ${kernel}`,
    what: 'has no channels-first form, got dataFormat "NCHW"',
    fix: 'Build the model with dataFormat "NHWC" (channelsLast), as its forward convolution needs too',
  });
}

/** Zero rows or columns to add before and after an axis; to cut off where negative. */
export interface Margins {
  readonly before: number;
  readonly after: number;
}

export interface ForwardOptions {
  readonly rows: Margins;
  readonly columns: Margins;
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
}

/** The wasm backend's own fast forward convolution, whose margins may also be negative. */
export function forwardConv2d(
  backend: BackendWasm,
  kernel: 'Conv2D' | 'DepthwiseConv2dNative',
  x: TensorInfo,
  filter: TensorInfo,
  { rows, columns, strides = [1, 1], dilations = [1, 1] }: ForwardOptions,
): TensorInfo {
  const cropped = crop(backend, x, rows, columns);
  const pad = [[0, 0], padding(rows), padding(columns), [0, 0]];
  const attrs = { strides, dilations, pad, dataFormat: 'NHWC' };
  const result = callKernel(kernel, backend, { x: cropped, filter }, attrs);
  if (cropped !== x) backend.disposeData(cropped.dataId);
  return result;
}

function padding({ before, after }: Margins): [number, number] {
  return [Math.max(0, before), Math.max(0, after)];
}

function crop(backend: BackendWasm, x: TensorInfo, rows: Margins, columns: Margins): TensorInfo {
  const [batch, height, width, channels] = x.shape as Shape4D;
  const [top, bottom] = [Math.max(0, -rows.before), Math.max(0, -rows.after)];
  const [left, right] = [Math.max(0, -columns.before), Math.max(0, -columns.after)];
  if (top + bottom + left + right === 0) return x;
  const size = [batch, height - top - bottom, width - left - right, channels];
  return callKernel(Slice, backend, { x }, { begin: [0, top, left, 0], size });
}
