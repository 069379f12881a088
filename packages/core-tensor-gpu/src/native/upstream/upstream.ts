import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { NumberArray } from '../api/dtype.ts';
import type { NativeBinding, TensorMetadata } from '../eager/eager-binding.ts';

/** What tfjs-node's backend stores about a tensor. */
export interface TensorEntry {
  readonly shape: number[];
  readonly dtype: number;
  /** Numbers that are not uploaded yet. */
  values: NumberArray | null;
  id: number;
  readonly refCount: number;
}

/** tfjs-node's backend: the parts that this package calls. */
export interface NativeBackend extends KernelBackend {
  binding: NativeBinding;
  readonly tensorMap: { get(dataId: object): TensorEntry; has(dataId: object): boolean };
  createOutputTensor(metadata: TensorMetadata): Tensor;
  /** The numbers of tensors. The backend still owns them. Values that are not uploaded yet are uploaded. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
}

/** The exports of tfjs-node-gpu's JavaScript, after its kernels are registered. */
export interface Upstream {
  /** The name decides which features tfjs-node refuses: some of them on the CPU. */
  readonly NodeJSKernelBackend: new (
    binding: NativeBinding,
    packageName: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu',
  ) => NativeBackend;
}
