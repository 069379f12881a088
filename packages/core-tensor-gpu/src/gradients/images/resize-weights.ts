import * as tf from '@tensorflow/tfjs-core';

export interface Resizing {
  readonly method: 'bilinear' | 'nearest';
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * The weight of each of `from` old pixels in each of `to` new pixels along an axis, as `[from, to]`. Computed in
 * float32 if TensorFlow's kernel does so, because the nearest pixel depends on the last digit.
 */
export function resizeWeights(from: number, to: number, options: Resizing): tf.Tensor2D {
  const weights = new Float32Array(from * to);
  const scale = Math.fround(options.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to);
  for (let pixel = 0; pixel < to; pixel++) {
    for (const [source, weight] of sources(pixel, scale, from, options)) {
      weights[source * to + pixel]! += weight;
    }
  }
  return tf.tensor2d(weights, [from, to]);
}

type Source = readonly [pixel: number, weight: number];

function sources(pixel: number, scale: number, from: number, options: Resizing): readonly Source[] {
  const { method, alignCorners, halfPixelCenters } = options;
  const last = from - 1;
  if (method === 'nearest') {
    const place = Math.fround((halfPixelCenters ? pixel + 0.5 : pixel) * scale);
    const nearest = alignCorners ? Math.floor(place + 0.5) : Math.floor(place);
    return [[Math.max(0, Math.min(last, nearest)), 1]];
  }
  const place = halfPixelCenters
    ? Math.fround(Math.fround((pixel + 0.5) * scale) - 0.5)
    : Math.fround(pixel * scale);
  const lower = Math.floor(place);
  const share = Math.fround(place - lower);
  return [
    [Math.max(0, Math.min(last, lower)), 1 - share],
    [Math.max(0, Math.min(last, Math.ceil(place))), share],
  ];
}
