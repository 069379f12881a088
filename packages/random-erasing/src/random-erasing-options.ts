import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

export interface RandomErasingOptions {
  /** The probability that an image is erased at all, in [0, 1]; 0.5 by default. 0 changes nothing. */
  readonly probability?: number;
  /** The least and the largest share of the image that is erased; above 0, at most 1; [0.02, 1/3] by default. */
  readonly area?: readonly [number, number];
  /** The least and the largest height of a box divided by its width; above 0; [0.3, 1/0.3] by default. */
  readonly ratio?: readonly [number, number];
  /** What a box is filled with: 0 (`const`, the default), a random color (`rand`), or random pixels (`pixel`). */
  readonly mode?: 'const' | 'rand' | 'pixel';
  /** The least and the largest number of boxes in an image; integers from 1 to 16; [1, 1] by default. */
  readonly count?: readonly [number, number];
}

/** The schema of two numbers, the smaller one first. */
const range = (one: v.GenericSchema<number>, words: string): v.GenericSchema<readonly [number, number]> =>
  v.custom<readonly [number, number]>(
    (value) =>
      Array.isArray(value) &&
      value.length === 2 &&
      value.every((side) => v.is(one, side)) &&
      (value as number[])[0]! <= (value as number[])[1]!,
    `must be two ${words}, the smaller one first`,
  );

/** Schemas of the ranges. */
export const ranges: Readonly<Record<'area' | 'ratio', v.GenericSchema<readonly [number, number]>>> = {
  area: range(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 'numbers > 0 and <= 1'),
  ratio: range(v.pipe(v.number(), v.finite(), v.gtValue(0)), 'numbers > 0'),
};

const schema = v.strictObject({
  probability: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.5),
  area: v.optional(ranges.area, [0.02, 1 / 3]),
  ratio: v.optional(ranges.ratio, [0.3, 1 / 0.3]),
  mode: v.optional(v.picklist(['const', 'rand', 'pixel']), 'const'),
  count: v.optional(
    range(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(16)), 'integers from 1 to 16'),
    [1, 1],
  ),
});

/** @throws CantripError OPTION_INVALID */
export const readRandomErasing = (options: RandomErasingOptions): Required<RandomErasingOptions> =>
  parseOptions('randomErasing', schema, options);
