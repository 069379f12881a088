import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';

/**
 * Three convolutions, each followed by batch norm and ReLU, with strides instead of pooling. Input: images. Output:
 * class logits.
 */
export function network(inputShape: ImageShape, classes: number): LayersModel {
  return sequential({
    layers: [
      ...block({ filters: 32, kernelSize: 5, strides: 2, inputShape }),
      ...block({ filters: 64, kernelSize: 3, strides: 2 }),
      ...block({ filters: 64, kernelSize: 3, strides: 1 }),
      layers.flatten(),
      layers.dense({ units: classes }),
    ],
  });
}

/** Height, width, channels. */
export type ImageShape = [number, number, number];

interface Block {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly inputShape?: ImageShape;
}

function block({ filters, kernelSize, strides, inputShape }: Block): layers.Layer[] {
  return [
    layers.conv2d({
      filters,
      strides,
      kernelSize,
      padding: 'same',
      useBias: false,
      kernelInitializer: 'heNormal',
      ...(inputShape ? { inputShape } : {}),
    }),
    layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    layers.activation({ activation: 'relu' }),
  ];
}
