import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { NumberArray } from '../api/dtype.ts';
import type { NativeBinding, TensorMetadata } from '../eager/eager-binding.ts';

/** What tfjs-node's backend holds of a tensor. */
export interface TensorEntry {
  readonly shape: number[];
  readonly dtype: number;
  /** Numbers that have not been uploaded yet. */
  values: NumberArray | null;
  id: number;
  readonly refCount: number;
}

/** tfjs-node's backend: the parts of it that we call. */
export interface NativeBackend extends KernelBackend {
  binding: NativeBinding;
  readonly tensorMap: { get(dataId: object): TensorEntry; has(dataId: object): boolean };
  createOutputTensor(metadata: TensorMetadata): Tensor;
  /** The numbers of tensors, which the backend goes on owning; values not uploaded yet are uploaded. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
}

/** What tfjs-node-gpu's JavaScript gives once its kernels are registered. */
export interface Upstream {
  /** The name decides which features are refused: tfjs-node refuses some on the processor. */
  readonly NodeJSKernelBackend: new (
    binding: NativeBinding,
    packageName: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu',
  ) => NativeBackend;
}
