import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/** A strided convolution and a max pool, for the tiny data. */
export const convModel = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', inputShape: [6, 6, 1] }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  });
