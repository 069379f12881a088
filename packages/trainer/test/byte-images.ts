import { randomStream } from '@cantrip/ops';
import type { BatchSource } from '@cantrip/trainer';
import * as tfl from '@tensorflow/tfjs-layers';

const { layers } = tfl;

/** A network with batch normalisation and dropout, of 10x10 images and 4 classes. */
export const smallCnn = (): tfl.LayersModel =>
  tfl.sequential({
    layers: [
      layers.conv2d({ filters: 6, kernelSize: 3, useBias: false, inputShape: [10, 10, 1] }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }),
      layers.batchNormalization({ momentum: 0.9, scale: false }),
      layers.flatten(),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 4 }),
    ],
  });

/** Bytes whose quadrant tells the class; the last batch of an epoch is smaller than the others. */
export function byteImages({
  steps = 10,
  batch = 16,
  last = 7,
}: { steps?: number; batch?: number; last?: number } = {}): BatchSource {
  const sizes = Array.from({ length: steps }, (_, step) => (step < steps - 1 ? batch : last));
  const batches = sizes.map((size, step) => {
    const noise = randomStream({ seed: 1, stream: 'byte-images', step });
    const targets = Uint8Array.from({ length: size }, () => noise.integer(4));
    const values = Uint8Array.from({ length: size * 100 }, (_, i) => {
      const [row, column] = [Math.floor((i % 100) / 10), i % 10];
      const quadrant = 2 * Number(row >= 5) + Number(column >= 5);
      return noise.integer(100) + (quadrant === targets[Math.floor(i / 100)] ? 60 : 0);
    });
    const normalization = { scale: 1 / 255, offset: -0.2 };
    return {
      inputs: { values, shape: [size, 10, 10, 1], normalization },
      targets: { values: targets, shape: [size] },
      size,
    };
  });
  return {
    stepsPerEpoch: steps,
    *batches({ start }) {
      yield* batches.slice(start);
    },
  };
}
