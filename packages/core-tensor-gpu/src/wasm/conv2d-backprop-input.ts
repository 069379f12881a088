import { Conv2DBackpropInput, type TensorInfo, Transpose, util } from '@tensorflow/tfjs-core';
import { conv2dGeometry, type Conv2DGeometry, forwardConv2d, type Margins } from './conv2d-geometry.ts';
import {
  type BackendWasm,
  callKernel,
  floats,
  input,
  type KernelCall,
  release,
  requireFloat,
  viewAs,
  zeros,
} from './wasm-backend.ts';

/**
 * The gradient of a convolution with respect to its inputs:
 *
 * `dx[n, h, w, c] = Σ_i,j,o dy[n, (h + top − i) / stride, (w + left − j) / stride, o] · filter[i, j, c, o]`
 *
 * over the `i, j` for which both quotients are integers.
 *
 * With stride 1, this is the forward convolution of `dy` with the rotated filter, with input and output channels exchanged. With a
 * larger stride, pixels with the same remainder (phase) use only the taps with that remainder. One convolution computes all phases
 * as groups of output channels, and they are then interleaved. No zeros are inserted into `dy`.
 */
export function conv2DBackpropInput(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  requireFloat(Conv2DBackpropInput, dy);
  requireFloat(Conv2DBackpropInput, filter);
  const inputShape = attrs['inputShape'] as number[];
  const geometry = conv2dGeometry(Conv2DBackpropInput, attrs, inputShape, filter.shape);
  if (util.sizeFromShape(dy.shape) === 0) return zeros(backend, inputShape);
  const rows = rowPhases(geometry);
  const columns = columnPhases(geometry);
  const rotated = rotateFilter(backend, filter, rows, columns);
  const phases = forwardConv2d(backend, 'Conv2D', dy, rotated, {
    rows: rows.margins,
    columns: columns.margins,
  });
  release(backend, rotated);
  if (rows.stride === 1 && columns.stride === 1) return phases;
  const dx = weave(backend, phases, geometry, rows, columns);
  release(backend, phases);
  return dx;
}

/** How one axis of the input falls into phases. */
interface Phases {
  readonly stride: number;
  readonly size: number;
  /** Taps of the filter that one phase sees, rounded up. */
  readonly taps: number;
  /** Pixel `position` of the input lies in cell `(position + offset) / stride`, in the phase of the remainder. */
  readonly offset: number;
  readonly margins: Margins;
}

function rowPhases({ strideHeight, filterHeight, inHeight, outHeight, padInfo }: Conv2DGeometry): Phases {
  return phasesOf(strideHeight, filterHeight, inHeight, outHeight, padInfo.top);
}

function columnPhases({ strideWidth, filterWidth, inWidth, outWidth, padInfo }: Conv2DGeometry): Phases {
  return phasesOf(strideWidth, filterWidth, inWidth, outWidth, padInfo.left);
}

function phasesOf(stride: number, kernel: number, size: number, outSize: number, pad: number): Phases {
  const taps = Math.ceil(kernel / stride);
  const first = Math.floor(pad / stride);
  const cells = Math.floor((size - 1 + pad) / stride) - first + 1;
  const before = taps - 1 - first;
  const margins = { before, after: cells + taps - 1 - outSize - before };
  return { stride, size, taps, offset: pad - first * stride, margins };
}

/** `[height, width, in, out]` to `[taps, taps, out, phase · phase · in]`, rotated; taps past the filter's end are 0. */
function rotateFilter(backend: BackendWasm, filter: TensorInfo, rows: Phases, columns: Phases): TensorInfo {
  const [height, width, inChannels, outChannels] = filter.shape as [number, number, number, number];
  const group = rows.stride * columns.stride * inChannels;
  const rotated = zeros(backend, [rows.taps, columns.taps, outChannels, group]);
  const [from, to] = [floats(backend, filter), floats(backend, rotated)];
  for (let i = 0; i < height; i++) {
    const row = rows.taps - 1 - Math.floor(i / rows.stride);
    for (let j = 0; j < width; j++) {
      const column = columns.taps - 1 - Math.floor(j / columns.stride);
      const phase = (i % rows.stride) * columns.stride + (j % columns.stride);
      const target = (row * columns.taps + column) * outChannels * group + phase * inChannels;
      const source = (i * width + j) * inChannels * outChannels;
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0; o < outChannels; o++)
          to[target + o * group + c] = from[source + c * outChannels + o]!;
      }
    }
  }
  return rotated;
}

/** Puts the phases, which are groups of channels, in their places: `[n, cell, cell, phase, phase, c]` to pixels. */
function weave(
  backend: BackendWasm,
  phases: TensorInfo,
  { inShape, inChannels }: Conv2DGeometry,
  rows: Phases,
  columns: Phases,
): TensorInfo {
  const [batch, cellRows, cellColumns] = phases.shape as [number, number, number, number];
  if (isWhole(rows, cellRows) && isWhole(columns, cellColumns)) {
    const cells = viewAs(phases, [batch * cellRows, cellColumns, rows.stride, columns.stride * inChannels]);
    return viewAs(callKernel(Transpose, backend, { x: cells }, { perm: [0, 2, 1, 3] }), inShape);
  }
  return weavePart(backend, phases, inShape, rows, columns);
}

/** Whether the cells of an axis are exactly its pixels. */
function isWhole({ offset, size, stride }: Phases, cells: number): boolean {
  return offset === 0 && cells * stride === size;
}

function weavePart(
  backend: BackendWasm,
  phases: TensorInfo,
  inShape: readonly number[],
  rows: Phases,
  columns: Phases,
): TensorInfo {
  const [batch, cellRows, cellColumns, group] = phases.shape as [number, number, number, number];
  const channels = inShape[3]!;
  const dx = backend.makeOutput([...inShape], 'float32');
  const [from, to] = [floats(backend, phases), floats(backend, dx)];
  let target = 0;
  for (let image = 0; image < batch; image++) {
    for (let row = rows.offset; row < rows.offset + rows.size; row++) {
      const line = (image * cellRows + Math.floor(row / rows.stride)) * cellColumns;
      const rowPhase = (row % rows.stride) * columns.stride;
      for (let column = columns.offset; column < columns.offset + columns.size; column++) {
        const cell = line + Math.floor(column / columns.stride);
        let source = cell * group + (rowPhase + (column % columns.stride)) * channels;
        for (const end = source + channels; source < end; source++) to[target++] = from[source]!;
      }
    }
  }
  return dx;
}
