import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { chooseBoxes, eraseBoxes } from '../src/index.ts';

interface Case {
  readonly area: readonly [number, number];
  readonly ratio: readonly [number, number];
  readonly images: number[][][][];
  readonly draws: {
    readonly area: number[][][];
    readonly ratio: number[][][];
    readonly y: number[][];
    readonly x: number[][];
  };
  readonly fill: number[][][][][];
  readonly erased: Nested;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden.json', import.meta.url),
);

describe.each(await presentDevices(['cpu', 'wasm', 'tensorflow']))('images on %s', (device) => {
  it.each(Object.entries(cases))('are erased as by timm: %s', async (_, one) => {
    await openDevice(device);
    const images = tf.tensor4d(one.images);
    const [, height, width] = images.shape;
    const { area, ratio, y, x } = one.draws;
    const draws = {
      area: tf.tensor3d(area),
      ratio: tf.tensor3d(ratio),
      y: tf.tensor2d(y),
      x: tf.tensor2d(x),
    };
    const boxes = chooseBoxes(draws, { area: one.area, ratio: one.ratio, height, width });
    expect(boxes.shape).toEqual([one.images.length, y[0]!.length, 4]);
    expectClose(eraseBoxes(images, boxes, tf.tensor5d(one.fill)), one.erased, tolerance);
  });
});
