import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/** A small network that reads images of any size from 3 x 3 pixels on; it declares 6 x 6. */
export const pooledModel = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 1], name: 'first' }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.activation({ activation: 'relu' }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 3 }),
    ],
  });
