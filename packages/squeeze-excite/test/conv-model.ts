import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/** Two convolutions with batch normalization, for the tiny data. */
export const convModel = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, useBias: false, inputShape: [6, 6, 1] }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.reLU(),
      layers.conv2d({ filters: 4, kernelSize: 3 }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  });
