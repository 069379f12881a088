import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

interface CenterCrop extends layers.Layer {
  readonly height: number;
  readonly width: number;
}

/** Crops the middle of images with a slice. tfjs-layers takes the same pixels with an op that has no gradient. */
export function centerCrop(layer: layers.Layer, next: LayerCall): LayerCall {
  const { height, width } = layer as CenterCrop;
  return (inputs, kwargs) => {
    const x = inputOf(inputs);
    const [rows, columns] = [x.shape.at(-3)! - height, x.shape.at(-2)! - width];
    // A smaller image is resized instead.
    if (rows < 0 || columns < 0) return next(x, kwargs);
    // If there is one column too many, tfjs-layers drops the first.
    const left = columns === 1 ? 1 : Math.floor(columns / 2);
    const begin = [Math.floor(rows / 2), left, 0];
    const size = [height, width, x.shape.at(-1)!];
    return x.rank === 3 ? tf.slice(x, begin, size) : tf.slice(x, [0, ...begin], [x.shape[0]!, ...size]);
  };
}
