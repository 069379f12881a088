import type { Driver } from '../device/driver.ts';

/** TensorFlow on an NVIDIA GPU. */
export const cudaDriver: Driver = {
  name: 'cuda',
  open: async (options) => (await import('./open-native.ts')).openNative('cuda', options),
};

/** TensorFlow on the processor, also where there is a GPU. */
export const tensorflowDriver: Driver = {
  name: 'tensorflow',
  open: async (options) => (await import('./open-native.ts')).openNative('tensorflow', options),
};
