import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { blurred } from './blur.ts';

interface BlurOptions {
  readonly name?: string;
  readonly strides: readonly [number, number];
  readonly dataFormat?: 'channelsFirst' | 'channelsLast';
}

type Shape = (number | null)[];

/** Blurs images and keeps every so many rows and columns. It is registered, so a saved model loads. */
export class Blur2D extends layers.Layer {
  static className = 'Blur2D';
  private readonly strides: readonly [number, number];
  private readonly dataFormat: 'channelsFirst' | 'channelsLast';

  constructor({ strides, dataFormat = 'channelsLast', ...options }: BlurOptions) {
    super(options);
    this.strides = strides;
    this.dataFormat = dataFormat;
  }

  override computeOutputShape(shape: Shape): Shape {
    const first = this.dataFormat === 'channelsFirst' ? 2 : 1;
    return shape.map((size, axis) => {
      const stride = this.strides[axis - first];
      return size === null || stride === undefined ? size : Math.ceil(size / stride);
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    if (this.dataFormat === 'channelsLast') return blurred(x, this.strides);
    return tf.tidy(() => tf.transpose(blurred(tf.transpose(x, [0, 2, 3, 1]), this.strides), [0, 3, 1, 2]));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), strides: [...this.strides], dataFormat: this.dataFormat };
  }
}

tf.serialization.registerClass(Blur2D as never);
