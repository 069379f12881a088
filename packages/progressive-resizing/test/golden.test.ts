import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import { openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { progressiveSize, resizeImages } from '../src/index.ts';

interface Sizes {
  readonly shape: readonly [number, number];
  readonly options: Partial<
    Readonly<Record<'initial_scale' | 'delay_fraction' | 'finetune_fraction' | 'size_increment', number>>
  >;
  readonly sizes: readonly (readonly [number, number])[];
}

interface Resized {
  readonly images: number[][][][];
  readonly size: readonly [number, number];
  readonly nearest: Nested;
  readonly bilinear: Nested;
}

interface Cases {
  readonly sizes: Readonly<Record<string, Sizes>>;
  readonly resized: Readonly<Record<string, Resized>>;
}

const { cases, tolerance } = loadGolden<Cases>(new URL('./golden.json', import.meta.url));

describe('progressiveSize gives the widths of Composer', () => {
  it.each(Object.entries(cases.sizes))('%s', (_, { shape, options, sizes }) => {
    const { initial_scale: initialScale = 0.5, size_increment: sizeIncrement = 4 } = options;
    const { delay_fraction: delay = 0.5, finetune_fraction: finetune = 0.2 } = options;
    const widths = sizes.map((_one, step) =>
      progressiveSize(step / sizes.length, {
        side: shape[1],
        initialScale,
        delay,
        finetune,
        sizeIncrement,
      }),
    );
    expect(widths).toEqual(sizes.map(([, width]) => width));
  });
});

describe.each(await presentDevices(['cpu', 'wasm', 'tensorflow']))('resizeImages on %s', (device) => {
  it.each(Object.entries(cases.resized))('gives the images of PyTorch: %s', async (_, one) => {
    await openDevice(device);
    const images = tf.tensor4d(one.images);
    const [height, width] = one.size;
    for (const interpolation of ['nearest', 'bilinear'] as const)
      expectClose(resizeImages(images, { height, width, interpolation }), one[interpolation], tolerance);
  });

  it('copies images that have the size, and keeps the dtype', async () => {
    await openDevice(device);
    const images = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1], 'int32');
    const same = resizeImages(images, { height: 2, width: 2, interpolation: 'nearest' });
    images.dispose();
    expect(Array.from(same.dataSync())).toEqual([1, 2, 3, 4]);
    const smaller = resizeImages(same, { height: 1, width: 1, interpolation: 'nearest' });
    expect([smaller.dtype, ...smaller.dataSync()]).toEqual(['int32', 1]);
  });
});
