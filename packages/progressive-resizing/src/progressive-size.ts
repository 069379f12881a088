import {
  above,
  atLeast,
  atMost,
  type Check,
  checkArgument,
  integerIn,
  numberIn,
  readOptions,
} from '@cantrip/errors';

/** How the scale grows over a training. */
export interface ScaleRamp {
  /** The scale at the start, in (0, 1]. */
  readonly initialScale: number;
  /** The share of the training before the scale grows, in [0, 1]. */
  readonly delay: number;
  /** The share of the training at its end with whole images, in [0, 1]. */
  readonly finetune: number;
}

export interface ProgressiveSizeOptions extends ScaleRamp {
  /** The side of the whole images in pixels. */
  readonly side: number;
  /** Sides are multiples of this number. */
  readonly sizeIncrement: number;
}

const share = numberIn(atLeast(0), atMost(1));
const pixels = integerIn(atLeast(1), atMost(2 ** 24));
const checks = {
  initialScale: numberIn(above(0), atMost(1)),
  delay: share,
  finetune: share,
  side: pixels,
  sizeIncrement: pixels,
};
const elapsedCheck: Check<number> = share;

/**
 * The side of images at a moment of a training, in pixels.
 *
 * The scale is `initialScale` until `delay`, grows linearly, and is 1 from `1 - finetune` on. The side is the multiple of
 * `sizeIncrement` that is nearest to `side * scale`, and halves go to the even multiple. It is at least one increment,
 * and at most `side`.
 *
 * @param elapsed - the share of the training that is done, in [0, 1]
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const options = { side: 32, sizeIncrement: 4, initialScale: 0.5, delay: 0.5, finetune: 0.2 };
 * progressiveSize(0.3, options); // 16
 * progressiveSize(0.65, options); // 24: half of the growth
 * progressiveSize(0.8, options); // 32
 * ```
 */
export function progressiveSize(elapsed: number, options: ProgressiveSizeOptions): number {
  checkArgument('progressiveSize', 'elapsed', elapsedCheck, elapsed);
  const { side, sizeIncrement, ...ramp } = readOptions('progressiveSize', checks, options);
  return sideAt(scaleAt(elapsed, ramp), { side, sizeIncrement });
}

/** The side of images with this scale, in pixels. */
export function sideAt(
  scale: number,
  { side, sizeIncrement }: Pick<ProgressiveSizeOptions, 'side' | 'sizeIncrement'>,
): number {
  const multiples = nearestEven((side * scale) / sizeIncrement);
  return Math.min(side, Math.max(1, multiples) * sizeIncrement);
}

/** The scale at a moment. A growth without time is a jump. */
export function scaleAt(elapsed: number, { initialScale, delay, finetune }: ScaleRamp): number {
  if (elapsed < delay) return initialScale;
  const time = 1 - finetune - delay;
  // Sums of shares may miss 1 by a rounding error.
  const grown = time <= 1e-12 ? 1 : Math.min(1, (elapsed - delay) / time);
  return initialScale + (1 - initialScale) * grown;
}

/** The nearest whole number; halves go to the even one, as in Python. */
function nearestEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}
