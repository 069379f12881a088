import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';
import type { NativeBinding, TensorMetadata } from '../eager-binding.ts';

/** tfjs-node's backend: the parts of it that we call. */
export interface NativeBackend extends KernelBackend {
  binding: NativeBinding;
  createOutputTensor(metadata: TensorMetadata): Tensor;
}

/** What tfjs-node-gpu's JavaScript gives once its kernels are registered. */
export interface Upstream {
  /** The name decides which features are refused: tfjs-node refuses some on the processor. */
  readonly NodeJSKernelBackend: new (
    binding: NativeBinding,
    packageName: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu',
  ) => NativeBackend;
}
