import * as tf from '@tensorflow/tfjs-layers';

/** Three convolutions, each followed by batch norm and ReLU; strides instead of pooling. Images to class logits. */
export function network(inputShape: ImageShape, classes: number): tf.LayersModel {
  return tf.sequential({
    layers: [
      ...block({ filters: 32, kernelSize: 5, strides: 2, inputShape }),
      ...block({ filters: 64, kernelSize: 3, strides: 2 }),
      ...block({ filters: 64, kernelSize: 3, strides: 1 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: classes }),
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

function block({ filters, kernelSize, strides, inputShape }: Block): tf.layers.Layer[] {
  return [
    tf.layers.conv2d({
      filters,
      strides,
      kernelSize,
      padding: 'same',
      useBias: false,
      kernelInitializer: 'heNormal',
      ...(inputShape ? { inputShape } : {}),
    }),
    tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }),
    tf.layers.activation({ activation: 'relu' }),
  ];
}
