import { readFileSync } from 'node:fs';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { readSafetensors } from '@cantrip/safetensors';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import { importWeights } from '@cantrip/weights';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import {
  efficientNetLite,
  type EfficientNetLite,
  lite0,
} from '../../../docs/examples/pretrained/efficientnet-lite.ts';
import { patternedImages } from '../../../docs/examples/pretrained/patterned-images.ts';
import { names } from '../../../docs/examples/pretrained/torch-modules.ts';

interface Case {
  readonly images: [count: number, height: number, width: number];
  readonly outputs: Nested;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden/small-network.json', import.meta.url),
);

/** A network of the parts of EfficientNet-Lite0, as in tools/golden/pretrained.py. */
const small: EfficientNetLite = {
  stem: 8,
  stages: [
    { repeats: 1, kernel: 3, strides: 1, expansion: 1, channels: 8 },
    { repeats: 2, kernel: 3, strides: 2, expansion: 2, channels: 8 },
    { repeats: 2, kernel: 5, strides: 2, expansion: 3, channels: 16 },
  ],
  head: 24,
  classes: 6,
};

const weights = readSafetensors(
  readFileSync(new URL('./golden/small-network.safetensors', import.meta.url)),
).tensors;

const normsOf = ({ layers }: LayersModel): number =>
  layers.filter((layer) => layer.getClassName() === 'BatchNormalization').length;

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

describe.each(devices)('a small EfficientNet-Lite with weights of PyTorch on %s', (device) => {
  it.each(Object.keys(cases))('computes what timm computes of images with %s', async (name) => {
    await openDevice(device);
    const network = efficientNetLite(small);
    const { loaded, missing, extra } = importWeights(network, weights, { names, layout: 'pytorch' });
    expect({ loaded: loaded.length, missing, extra }).toEqual({
      loaded: network.weights.length,
      missing: [],
      extra: [],
    });
    const { images, outputs } = cases[name]!;
    expectClose(network.predict(patternedImages(images)) as tf.Tensor, outputs, tolerance);
    network.dispose();
  });
});

it('EfficientNet-Lite0 has 49 batch normalisations and 4.65 million weights that are trained', async () => {
  await openDevice('cpu');
  const network = efficientNetLite(lite0);
  expect(normsOf(network)).toBe(49);
  const sizes = network.trainableWeights.map(({ shape }) => (shape as number[]).reduce((a, b) => a * b, 1));
  expect(sizes.reduce((all, size) => all + size, 0)).toBe(4_652_008);
  network.dispose();
});
