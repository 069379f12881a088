import { CantripError, floatTensorSchema, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { ranges } from './random-erasing-options.ts';

/** Uniform random numbers in [0, 1) that decide the boxes; float32. */
export interface BoxDraws {
  /** The area of each try: `[batch, boxes, tries]`. */
  readonly area: tf.Tensor;
  /** The ratio of each try, in the same shape. */
  readonly ratio: tf.Tensor;
  /** The place of each box: `[batch, boxes]`. */
  readonly y: tf.Tensor;
  readonly x: tf.Tensor;
}

export interface ErasingRange {
  /** The least and the largest share of the image. */
  readonly area: readonly [number, number];
  /** The least and the largest height divided by width. */
  readonly ratio: readonly [number, number];
  /** The height of the image in pixels. */
  readonly height: number;
  /** The width of the image in pixels. */
  readonly width: number;
  /** The number of boxes of each image, `[batch]`, which share the area; all of them by default. */
  readonly counts?: tf.Tensor | undefined;
}

const floats = floatTensorSchema as unknown as v.GenericSchema<tf.Tensor>;
const pixels = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 24));
const drawn = v.strictObject({ area: floats, ratio: floats, y: floats, x: floats });
const range = v.strictObject({ ...ranges, height: pixels, width: pixels, counts: v.optional(floats) });

/**
 * Chooses the boxes that are erased, as timm does.
 *
 * A try has the area `between(area) * height * width / boxes` and the ratio `exp(between(log ratio))`. Its sides are
 * rounded. The first try that is smaller than the image becomes the box; if none is, the box is empty. Its place is
 * random, within the image.
 *
 * @returns float32 `[batch, boxes, 4]`: top, left, height and width in pixels; the caller must dispose it
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 * @example
 * ```ts
 * const draws = { area: tf.zeros([1, 1, 1]), ratio: tf.fill([1, 1, 1], 0.5), y: tf.zeros([1, 1]), x: tf.zeros([1, 1]) };
 * chooseBoxes(draws, { area: [0.25, 0.5], ratio: [0.5, 2], height: 8, width: 8 }); // [[[0, 0, 4, 4]]]
 * ```
 */
export function chooseBoxes(draws: BoxDraws, options: ErasingRange): tf.Tensor3D {
  const { area, ratio, y, x } = parseOptions('chooseBoxes', drawn, draws) as BoxDraws;
  const read = parseOptions('chooseBoxes', range, options) as ErasingRange;
  const { height, width, counts } = read;
  requireShapes({ area, ratio, y, x }, counts);
  return tf.tidy(() => {
    const boxes = counts ? tf.reshape(counts, [-1, 1, 1]) : area.shape[1]!;
    const pixelsOf = tf.div(tf.mul(between(area, read.area), height * width), boxes);
    const ratios = tf.exp(between(ratio, read.ratio.map(Math.log) as [number, number]));
    const rows = tf.round(tf.sqrt(tf.mul(pixelsOf, ratios)));
    const columns = tf.round(tf.sqrt(tf.div(pixelsOf, ratios)));
    const fits = tf.cast(tf.logicalAnd(tf.less(rows, height), tf.less(columns, width)), 'float32');
    // 1 at the first try that fits, else 0.
    const first = tf.mul(fits, tf.cast(tf.equal(tf.cumsum(fits, -1), 1), 'float32'));
    const [h, w] = [rows, columns].map((side) => tf.sum(tf.mul(first, side), -1)) as [tf.Tensor, tf.Tensor];
    return tf.stack([placeOf(y, height, h), placeOf(x, width, w), h, w], -1) as tf.Tensor3D;
  });
}

const between = (draw: tf.Tensor, [least, most]: readonly [number, number]): tf.Tensor =>
  tf.add(least, tf.mul(draw, most - least));

function placeOf(draw: tf.Tensor, side: number, length: tf.Tensor): tf.Tensor {
  const last = tf.sub(side, length);
  // A number close to 1 times the places may be rounded up to them.
  return tf.minimum(tf.floor(tf.mul(draw, tf.add(last, 1))), last);
}

function requireShapes({ area, ratio, y, x }: BoxDraws, counts: tf.Tensor | undefined): void {
  const [batch = 0, boxes = 0] = area.shape as number[];
  const wanted = [area.shape, [batch, boxes], [batch, boxes], [batch]];
  const given = [ratio, y, x, ...(counts ? [counts] : [])].map(({ shape }) => shape);
  if (
    area.shape.length === 3 &&
    area.size > 0 &&
    given.every((shape, at) => tf.util.arraysEqual(shape, wanted[at]!))
  )
    return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'chooseBoxes',
    what: `area and ratio must be [batch, boxes, tries], y and x [batch, boxes], and counts [batch], got ${[area.shape, ...given].map((shape) => `[${shape.join(', ')}]`).join(', ')}`,
    fix: 'Pass tensors of these shapes',
  });
}
