import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { optionInvalid } from '../core/option-invalid.ts';
import { positiveSchema } from '../core/option-schemas.ts';
import type { Swept } from './swept.ts';

const listsSchema = v.object({
  rates: v.array(positiveSchema),
  losses: v.array(v.pipe(v.number(), v.finite())),
});

const skip = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sweptSchema = v.object({
  sweep: v.looseObject(
    {
      points: v.array(
        v.looseObject({ learningRate: positiveSchema, smoothedLoss: v.pipe(v.number(), v.finite()) }),
      ),
      skipStart: skip,
      skipEnd: skip,
    },
    'must be the result of findLearningRate, or a list of learning rates',
  ),
});

/** Suggested learning rates; undefined if the sweep was too short. */
export interface Suggestions {
  /** One third into the longest valley, that is the longest fall of the loss. Robust: try this one first. */
  readonly valley: number | undefined;
  /**
   * A rate before the loss grows: an interval moves down from the end until the slopes at both its ends are similar.
   */
  readonly slide: number | undefined;
  /** A tenth of the rate with the smallest loss. */
  readonly minimum: number | undefined;
  /** The rate at which the loss falls fastest, over the logarithm of the rate. */
  readonly steepest: number | undefined;
}

/**
 * Suggests learning rates from a sweep, by fastai's four methods.
 *
 * @param sweep - the result of `findLearningRate`; change the ignored points with `{ ...found, skipEnd: 0 }`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const found = await findLearningRate(trainer, train);
 * suggestLearningRates({ ...found, skipStart: 0 }).valley; // e.g. 0.012
 * ```
 */
export function suggestLearningRates(sweep: Swept): Suggestions;
/**
 * Suggests learning rates from two lists.
 *
 * @param rates - learning rates, in growing order
 * @param losses - the smoothed loss of each rate
 * @example
 * ```ts
 * suggestLearningRates([1e-4, 1e-3, 1e-2, 0.1, 1], [2.3, 2.2, 1.5, 0.9, 3]).minimum; // 0.01
 * ```
 */
export function suggestLearningRates(rates: readonly number[], losses: readonly number[]): Suggestions;
export function suggestLearningRates(
  given: Swept | readonly number[],
  also?: readonly number[],
): Suggestions {
  const { rates, losses } = isList(given) ? listsOf(given, also) : looked(given);
  return {
    valley: rates[valley(losses)],
    slide: rates[slide(losses)],
    minimum: divide(rates[leastOf(losses)], 10),
    steepest: rates[leastOf(slopes(rates, losses))],
  };
}

interface Lists {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
}

const isList = (given: unknown): given is readonly number[] => Array.isArray(given);

function listsOf(rates: readonly number[], losses: readonly number[] | undefined): Lists {
  const lists = parseOptions('suggestLearningRates', listsSchema, { rates, losses });
  if (lists.rates.length === lists.losses.length) return lists;
  const what = `losses must have one entry for each rate, got ${lists.rates.length} rates and ${lists.losses.length} losses`;
  throw optionInvalid('suggestLearningRates', what, 'Pass two lists of the same length');
}

function looked(given: Swept): Lists {
  const { points, skipStart, skipEnd } = parseOptions('suggestLearningRates', sweptSchema, {
    sweep: given,
  }).sweep;
  const between = points.slice(skipStart, Math.max(skipStart, points.length - skipEnd));
  return {
    rates: between.map(({ learningRate }) => learningRate),
    losses: between.map(({ smoothedLoss }) => smoothedLoss),
  };
}

/** The index two thirds of the way to the end of the longest falling subsequence, as fastai counts it. */
function valley(losses: readonly number[]): number {
  const lengths: number[] = [];
  let end = 0;
  losses.forEach((loss, i) => {
    const before = lengths.filter((_, j) => loss < (losses[j] as number));
    lengths.push(1 + Math.max(0, ...before));
    if ((lengths[i] as number) > (lengths[end] as number)) end = i;
  });
  if (losses.length === 0) return -1;
  // If the loss never falls, the valley is the first point.
  const start = end === 0 ? 0 : end - (lengths[end] as number);
  const section = (end - start) / 3;
  return Math.max(0, start + Math.trunc(section) + Math.trunc(section / 2));
}

const INTERVAL = 15;
const ALIKE = 0.005;

function slide(losses: readonly number[]): number {
  const slope = gradient(losses);
  const last = losses.length - 1;
  let left = last - INTERVAL;
  let found = left;
  while (left >= 0) {
    const [here, there] = [slope[left] as number, slope[left + INTERVAL] as number];
    if (!(Math.abs(there - here) > ALIKE)) break;
    found = left;
    left -= 1;
  }
  return found;
}

/** Half the difference of the neighbours; at the ends, the difference to the one neighbour. */
function gradient(values: readonly number[]): readonly number[] {
  return values.map((_, i) => {
    const before = Math.max(0, i - 1);
    const after = Math.min(values.length - 1, i + 1);
    return ((values[after] as number) - (values[before] as number)) / (after - before);
  });
}

function slopes(rates: readonly number[], losses: readonly number[]): readonly number[] {
  return losses
    .slice(1)
    .map(
      (loss, i) => (loss - (losses[i] as number)) / Math.log((rates[i + 1] as number) / (rates[i] as number)),
    );
}

/** The index of the smallest value; -1 for an empty list. */
function leastOf(values: readonly number[]): number {
  return values.reduce((least, value, i) => (least < 0 || value < (values[least] as number) ? i : least), -1);
}

const divide = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value / by;
