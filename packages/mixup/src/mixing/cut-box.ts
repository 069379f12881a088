import {
  above,
  atLeast,
  atMost,
  below,
  CantripError,
  type Check,
  integerIn,
  isTensor,
  numberIn,
  optional,
  readOptions,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { checkShare, type OneOrEach, oneOrEachCheck, type Share } from './share.ts';

/**
 * A box in an image, in pixels from the top left corner. `bottom` and `right` are outside it. Each is a float32 scalar,
 * or `[batch]` if each image has a box of its own.
 */
export interface Box {
  readonly top: OneOrEach;
  readonly bottom: OneOrEach;
  readonly left: OneOrEach;
  readonly right: OneOrEach;
  /** The share of the image that lies outside the box. */
  readonly share: OneOrEach;
}

/** Where the box lies: uniform random numbers in [0, 1), as numbers, float32 scalars, or float32 `[batch]`. */
export interface BoxPlace {
  readonly y: Share;
  readonly x: Share;
  /** For `minmax`: how high and how wide the box is. */
  readonly rows?: Share | undefined;
  readonly columns?: Share | undefined;
}

export interface CutBoxOptions extends BoxPlace {
  /** Rows of the image. */
  readonly height: number;
  /** Columns of the image. */
  readonly width: number;
  /** The share that should lie outside the box, in [0, 1]; `[batch]` gives each image a box of its own. */
  readonly share: Share;
  /** The smallest and the largest side of the box, as shares of the image's side. Then `share` is not used. */
  readonly minmax?: readonly [number, number] | undefined;
}

const side = integerIn(atLeast(1), atMost(2 ** 24));
const inUnit = numberIn(atLeast(0), below(1));
const place: Check<Share> = (value) => (isTensor(value) ? oneOrEachCheck(value) : inUnit(value));

export const minmaxCheck: Check<readonly [number, number]> = (value) => {
  const fits = numberIn(above(0), atMost(1));
  const [least, most] = Array.isArray(value) && value.length === 2 ? (value as number[]) : [];
  return fits(least) === undefined && fits(most) === undefined && least! <= most!
    ? undefined
    : 'must be two numbers > 0 and <= 1, the smaller one first';
};

const checks = {
  height: side,
  width: side,
  share: (() => undefined) as Check<Share>,
  y: place,
  x: place,
  rows: optional(place, 0),
  columns: optional(place, 0),
  minmax: optional(minmaxCheck),
};

/**
 * The box that CutMix cuts: sides `sqrt(1 - share)` of the image's, rounded down, around a random pixel, cut off at the
 * edges. With `minmax` the sides are random, and the whole box lies in the image.
 *
 * @returns float32 scalars, or `[batch]` if an option has a number for each image; the caller must dispose them
 * @throws CantripError OPTION_INVALID; SHAPE_MISMATCH if options with a number for each image differ in their count
 * @example
 * ```ts
 * cutBox({ height: 8, width: 8, share: 0.75, y: 0.5, x: 0.5 }); // rows 2 to 5, columns 2 to 5, share 0.75
 * ```
 * @see Yun et al., "CutMix: regularization strategy to train strong classifiers", ICCV 2019
 */
export function cutBox(options: CutBoxOptions): Box {
  const read = readOptions('cutBox', checks, options);
  const { height, width, share, minmax } = read;
  checkShare('cutBox', share);
  checkSameCount([share, read.y, read.x, read.rows, read.columns]);
  const sides = [
    [height, read.y, read.rows],
    [width, read.x, read.columns],
  ] as const;
  return tf.tidy(() => {
    const [rows, columns] = sides.map(([length, at, draw]) =>
      minmax ? within(length, at, draw, minmax) : around(length, at, share),
    );
    const [top, bottom] = rows!;
    const [left, right] = columns!;
    const area = tf.mul(tf.sub(bottom, top), tf.sub(right, left));
    return { top, bottom, left, right, share: tf.sub(1, tf.div(area, height * width)) };
  }) as Box;
}

/** Options with a number for each image agree on how many images there are. */
function checkSameCount(given: readonly Share[]): void {
  const counts = given.flatMap((one) => (one instanceof tf.Tensor && one.rank === 1 ? [one.size] : []));
  if (new Set(counts).size <= 1) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'cutBox',
    what: `options with a number for each image must have equally many, got ${counts.join(', ')}`,
    fix: 'Pass one number for each image in all of them, or plain numbers',
  });
}

type Interval = readonly [from: OneOrEach, to: OneOrEach];

function around(length: number, at: Share, share: Share): Interval {
  const cut = tf.floor(tf.mul(length, tf.sqrt(tf.sub(1, share))));
  const centre = tf.floor(tf.mul(length, at));
  const inImage = (edge: tf.Tensor): OneOrEach => tf.clipByValue(edge, 0, length) as OneOrEach;
  const before = tf.floor(tf.div(cut, 2));
  return [inImage(tf.sub(centre, before)), inImage(tf.add(centre, tf.sub(cut, before)))];
}

function within(length: number, at: Share, draw: Share, [least, most]: readonly [number, number]): Interval {
  const [shortest, longest] = [Math.floor(length * least), Math.floor(length * most)];
  const cut = tf.add(shortest, tf.floor(tf.mul(draw, longest - shortest)));
  const from = tf.floor(tf.mul(tf.add(tf.sub(length, cut), 1), at)) as OneOrEach;
  return [from, tf.add(from, cut)];
}
