import {
  BatchMatMul,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  Einsum,
  getKernel,
  registerKernel,
  unregisterKernel,
  UnsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { batchMatMul } from './batch-mat-mul.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { einsum } from './einsum.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { asKernelFunc, type WasmKernel } from './wasm-backend.ts';

const kernels: Readonly<Record<string, WasmKernel>> = {
  [BatchMatMul]: batchMatMul,
  [Conv2DBackpropFilter]: conv2DBackpropFilter,
  [Conv2DBackpropInput]: conv2DBackpropInput,
  [DepthwiseConv2dNativeBackpropFilter]: depthwiseBackpropFilter,
  [DepthwiseConv2dNativeBackpropInput]: depthwiseBackpropInput,
  [Einsum]: einsum,
  [UnsortedSegmentSum]: unsortedSegmentSum,
};

/**
 * Gives tfjs-backend-wasm the kernels that training needs and that it lacks or is slow at. Calling it again changes
 * nothing.
 */
export function registerTrainingKernels(): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    // Registering over a kernel prints a warning.
    if (getKernel(kernelName, 'wasm') != null) unregisterKernel(kernelName, 'wasm');
    registerKernel({ kernelName, backendName: 'wasm', kernelFunc: asKernelFunc(kernel) });
  }
}
