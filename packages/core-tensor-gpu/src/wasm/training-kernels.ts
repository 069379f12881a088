import {
  AvgPoolGrad,
  BatchMatMul,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  MaxPoolGrad,
  Mean,
  registerKernel,
  Softmax,
  Sum,
  Tile,
  unregisterKernel,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { nameGatherBounds } from '../device/gather-bounds.ts';
import { correctStockKernels } from '../stock/correct-kernels.ts';
import { avgPoolGrad } from './avg-pool-grad.ts';
import { batchMatMul } from './batch-mat-mul.ts';
import { registerBatchNormGradient } from './batch-norm-gradient.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { exactSums } from './exact-sums.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { softmax } from './softmax.ts';
import { tile } from './tile.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { asKernelFunc, type WasmKernel } from './wasm-backend.ts';

/** Kernels that the backend lacks, or that are replaced completely. */
const kernels: Readonly<Record<string, WasmKernel>> = {
  [BatchMatMul]: batchMatMul,
  [Conv2DBackpropFilter]: conv2DBackpropFilter,
  [Conv2DBackpropInput]: conv2DBackpropInput,
  [DepthwiseConv2dNativeBackpropFilter]: depthwiseBackpropFilter,
  [DepthwiseConv2dNativeBackpropInput]: depthwiseBackpropInput,
  [MaxPoolGrad]: maxPoolGrad,
  [Tile]: tile,
  [UnsortedSegmentSum]: unsortedSegmentSum,
};

/** Kernels that handle the cases where they are faster or correct. The backend's own kernels handle the rest. */
const refinements: Readonly<Record<string, (stock: KernelFunc) => WasmKernel>> = {
  [AvgPoolGrad]: avgPoolGrad,
  [Mean]: (stock) => exactSums(stock, true),
  [Softmax]: softmax,
  [Sum]: (stock) => exactSums(stock, false),
};

let registered = false;

/**
 * Registers the kernels for training that tfjs-backend-wasm lacks or that are slow in it. A second call has no
 * effect.
 */
export function registerTrainingKernels(): void {
  registerBatchNormGradient();
  if (registered) return;
  registered = true;
  nameGatherBounds('wasm');
  correctStockKernels('wasm');
  for (const [name, kernel] of Object.entries(kernels)) replace(name, () => kernel);
  for (const [name, refine] of Object.entries(refinements)) replace(name, refine);
}

/** Replaces a kernel but keeps its set-up, because the refined kernel still calls it. */
function replace(kernelName: string, make: (stock: KernelFunc) => WasmKernel): void {
  const stock = getKernel(kernelName, 'wasm') as KernelConfig | undefined;
  // Registering a kernel twice prints a warning.
  if (stock != null) unregisterKernel(kernelName, 'wasm');
  const kernelFunc = asKernelFunc(make(stock?.kernelFunc ?? absent(kernelName)));
  registerKernel({ ...stock, kernelName, backendName: 'wasm', kernelFunc });
}

function absent(kernelName: string): KernelFunc {
  return () => {
    throw new Error(`tfjs-backend-wasm has no kernel ${kernelName}`);
  };
}
