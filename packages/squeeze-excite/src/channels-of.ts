import type { layers } from '@tensorflow/tfjs-layers';

/** The smaller number of the channels that a convolution reads and makes; undefined for other layers. */
export function channelsOf(layer: layers.Layer): number | undefined {
  const shapes = layer.weights.map(({ shape }) => shape as number[]);
  const [, , read = 0, made = 0] = shapes[0] ?? [];
  switch (layer.getClassName()) {
    case 'Conv2D':
      return Math.min(read, made);
    case 'DepthwiseConv2D':
      // Each channel becomes `made` channels.
      return read;
    case 'SeparableConv2D':
      return Math.min(read, shapes[1]![3]!);
    default:
      return undefined;
  }
}
