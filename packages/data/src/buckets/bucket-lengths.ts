import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { requireList } from '../source/require-list.ts';

export interface BucketLengthsOptions {
  /** The maximum number of buckets; an integer >= 1. */
  readonly count: number;
  /**
   * How lengths are chosen. `padding` (default): the lengths with the least padding in total. `quantiles`: lengths
   * that put equally many examples into each bucket, as far as equal lengths allow.
   */
  readonly by?: 'padding' | 'quantiles';
  /** Rounds every length up to a multiple of this number; 1 by default. Matrix units work well with multiples of 8. */
  readonly multipleOf?: number;
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const bucketsSchema = v.pipe(v.array(whole), v.nonEmpty());

/** The schema of these options, which is also used as an option of a dataset. */
export const bucketLengthsSchema: v.GenericSchema<unknown, Required<BucketLengthsOptions>> = v.strictObject({
  count: whole,
  by: v.optional(v.picklist(['padding', 'quantiles']), 'padding'),
  multipleOf: v.optional(whole, 1),
});

/**
 * Chooses the lengths of buckets, in ascending order. The last bucket holds the longest example.
 *
 * With `padding` it minimises `sum_i (bucket(length_i) - length_i)` exactly. It uses dynamic programming over the u
 * different lengths, in O(count * u * log u). With `quantiles` it takes the inverse distribution function at i /
 * count.
 *
 * @param lengths - the length of each example, an integer >= 1
 * @throws CantripError OPTION_INVALID, or DATA_EMPTY if there are no lengths
 * @example
 * ```ts
 * bucketLengths([3, 4, 4, 5, 20, 21, 64], { count: 3 }); // [5, 21, 64]
 * ```
 */
export function bucketLengths(lengths: Iterable<number>, options: BucketLengthsOptions): number[] {
  const { count, by, multipleOf } = parseOptions('bucketLengths', bucketLengthsSchema, options);
  requireList('bucketLengths', 'lengths', lengths);
  const rounded = Float64Array.from(lengths, (length) => {
    if (isLength(length)) return Math.ceil(length / multipleOf) * multipleOf;
    throw wrongLength(length);
  }).sort();
  if (rounded.length === 0) throw noLengths();
  return by === 'quantiles' ? quantiles(rounded, count) : leastPadding(rounded, count);
}

/**
 * The share of padding in the padded examples, in [0, 1): `1 - sum lengths / sum bucket lengths`.
 *
 * @param buckets - the lengths of the buckets; the largest must be at least the longest example
 * @throws CantripError OPTION_INVALID if an example fits into no bucket
 * @example
 * ```ts
 * paddingShare([3, 5, 8], [4, 8]); // 0.2, i.e. 4 of 20
 * ```
 */
export function paddingShare(lengths: Iterable<number>, buckets: readonly number[]): number {
  const who = 'paddingShare';
  requireList(who, 'lengths', lengths);
  parseOptions(who, v.object({ buckets: bucketsSchema }), { buckets });
  const ascending = [...buckets].sort((a, b) => a - b);
  let [numbers, places] = [0, 0];
  for (const length of lengths) {
    const bucket = ascending.find((size) => size >= length);
    if (bucket === undefined || !isLength(length)) throw wrongLength(length, who);
    numbers += length;
    places += bucket;
  }
  if (places === 0) throw noLengths(who);
  return 1 - numbers / places;
}

function quantiles(sorted: Float64Array, count: number): number[] {
  const at = (part: number) => sorted[Math.ceil((sorted.length * part) / count) - 1]!;
  return [...new Set(Array.from({ length: Math.min(count, sorted.length) }, (_, part) => part + 1).map(at))];
}

/** The different lengths in ascending order, and how many examples are shorter than each. */
interface Histogram {
  readonly sizes: number[];
  readonly below: number[];
}

function histogram(sorted: Float64Array): Histogram {
  const sizes: number[] = [];
  const below: number[] = [];
  sorted.forEach((size, index) => {
    if (size === sizes.at(-1)) return;
    sizes.push(size);
    below.push(index);
  });
  return { sizes, below: [...below, sorted.length] };
}

/** Padded sizes are lengths plus padding, and the lengths are fixed. So the smallest sum has the least padding. */
function leastPadding(sorted: Float64Array, count: number): number[] {
  const { sizes, below } = histogram(sorted);
  const last = sizes.length - 1;
  /** The cost of one bucket for the sizes from `first` to `end`. */
  const cost = (first: number, end: number) => sizes[end]! * (below[end + 1]! - below[first]!);
  let best = sizes.map((_, end) => cost(0, end));
  const firsts: Int32Array[] = [];
  for (let buckets = 2; buckets <= Math.min(count, sizes.length); buckets++) {
    const before = best;
    const first = new Int32Array(sizes.length);
    best = [...before];
    fillMonotone({ before, best, first, cost }, 1, last, 1, last);
    firsts.push(first);
  }
  const chosen: number[] = [];
  let end = last;
  for (const first of firsts.reverse()) {
    chosen.push(sizes[end]!);
    end = first[end]! - 1;
    if (end < 0) return chosen.reverse();
  }
  return [...chosen, sizes[end]!].reverse();
}

interface Layer {
  readonly before: readonly number[];
  readonly best: number[];
  /** The start of the last bucket in the best choice; 0 if one bucket fewer is as good. */
  readonly first: Int32Array;
  cost(first: number, end: number): number;
}

/**
 * The best start grows with the end, because the cost satisfies the quadrangle inequality. So both halves share the
 * search range.
 */
function fillMonotone(layer: Layer, from: number, to: number, least: number, most: number): void {
  if (from > to) return;
  const { before, best, first, cost } = layer;
  const end = (from + to) >> 1;
  let [found, lowest] = [least, Infinity];
  for (let begin = least; begin <= Math.min(end, most); begin++) {
    const total = before[begin - 1]! + cost(begin, end);
    if (total < lowest) [found, lowest] = [begin, total];
  }
  best[end] = lowest;
  first[end] = found;
  fillMonotone(layer, from, end - 1, least, found);
  fillMonotone(layer, end + 1, to, found, most);
}

function isLength(length: unknown): length is number {
  return Number.isSafeInteger(length) && (length as number) >= 1;
}

function wrongLength(length: unknown, who = 'bucketLengths'): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `a length must be an integer >= 1 that fits into a bucket, got ${describe(length)}`,
    fix: 'Pass an integer length for every example, and a bucket for the longest',
  });
}

function noLengths(who = 'bucketLengths'): CantripError {
  return new CantripError('DATA_EMPTY', {
    who,
    what: 'lengths must hold at least one number, got none',
    fix: 'Pass the length of at least one example',
  });
}
