import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { optionInvalid } from '../core/option-invalid.ts';
import { positiveSchema } from '../core/option-schemas.ts';

const sweepSchema = v.object({
  rates: v.array(positiveSchema),
  losses: v.array(v.pipe(v.number(), v.finite())),
});

/** Learning rates that a sweep suggests; undefined where it was too short to tell. */
export interface Suggestions {
  /** A third into the longest valley, that is the longest fall of the loss: robust, the one to begin with. */
  readonly valley: number | undefined;
  /** Before the loss grows: an interval slides down from the end until the slopes at its ends are alike. */
  readonly slide: number | undefined;
  /** A tenth of the rate at which the loss is least. */
  readonly minimum: number | undefined;
  /** Where the loss falls fastest, over the logarithm of the rate. */
  readonly steepest: number | undefined;
}

/**
 * What a sweep suggests, by fastai's four methods.
 *
 * @param rates - growing
 * @param losses - one for each rate, smoothed
 * @example
 * ```ts
 * suggestLearningRates([1e-4, 1e-3, 1e-2, 0.1, 1], [2.3, 2.2, 1.5, 0.9, 3]).minimum; // 0.01
 * ```
 */
export function suggestLearningRates(rates: readonly number[], losses: readonly number[]): Suggestions {
  parseOptions('suggestLearningRates', sweepSchema, { rates, losses });
  if (rates.length !== losses.length) {
    const what = `needs a loss for each learning rate, got ${rates.length} rates and ${losses.length} losses`;
    throw optionInvalid('suggestLearningRates', what, 'Give two lists of the same length');
  }
  return {
    valley: rates[valley(losses)],
    slide: rates[slide(losses)],
    minimum: divide(rates[leastOf(losses)], 10),
    steepest: rates[leastOf(slopes(rates, losses))],
  };
}

/** The place two thirds of the way to the end of the longest falling subsequence, as fastai counts it. */
function valley(losses: readonly number[]): number {
  const lengths: number[] = [];
  let end = 0;
  losses.forEach((loss, i) => {
    const before = lengths.filter((_, j) => loss < (losses[j] as number));
    lengths.push(1 + Math.max(0, ...before));
    if ((lengths[i] as number) > (lengths[end] as number)) end = i;
  });
  if (losses.length === 0) return -1;
  // Without any fall there is no valley but the first place.
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

/** The place of the least value; -1 of none. */
function leastOf(values: readonly number[]): number {
  return values.reduce((least, value, i) => (least < 0 || value < (values[least] as number) ? i : least), -1);
}

const divide = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value / by;
