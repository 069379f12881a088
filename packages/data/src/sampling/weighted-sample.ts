import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { fromSource, originOf } from '../dataset/from-source.ts';
import type { Dataset } from '../source/dataset.ts';
import { requireList } from '../source/require-list.ts';
import { selection } from '../source/source.ts';
import { targetClasses } from '../source/target-classes.ts';
import { balancedWeights } from './class-weights.ts';
import { refuseSampled } from '../source/refuse-sampled.ts';

export interface WeightedSampleOptions {
  /**
   * The weight of each example of the dataset: finite numbers >= 0, not all 0. Or `'balanced'`: then each class of the
   * targets is equally likely.
   */
  readonly weights: Iterable<number> | 'balanced';
  /** The number of examples in an epoch; by default the size of the dataset. */
  readonly examples?: number;
}

const who = 'weightedSample';
const schema = v.strictObject({
  weights: v.unknown(),
  examples: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 31))),
});

/**
 * Draws the examples of each epoch at random, with replacement. The probability of an example is its weight, divided by the
 * sum of all weights.
 *
 * Seed and epoch alone decide what is drawn, so a run resumes in the middle of an epoch, and a worker thread draws the same
 * as the main thread. An example that is drawn several times is augmented in different ways. Don't also weigh the loss by
 * the same weights.
 *
 * @throws CantripError OPTION_INVALID or SHAPE_MISMATCH
 * @example
 * ```ts
 * const even = weightedSample(train, { weights: 'balanced' });
 * await trainer.fit(even, { epochs: 10, validation });
 * ```
 */
export function weightedSample(dataset: Dataset, options: WeightedSampleOptions): Dataset {
  const origin = originOf(who, dataset);
  const { source } = origin;
  refuseSampled(who, source);
  const { weights, examples = dataset.size } = parseOptions(who, schema, options);
  const given = weights === 'balanced' ? balancedByExample(targetClasses(who, source)) : weights;
  requireList(who, 'weights', given);
  const sums = sumsOf(Array.from(given as Iterable<number>), dataset.size);
  return fromSource(
    { ...source, selected: selection(source), sampling: { sums, examples } },
    { ...origin, who },
  );
}

function balancedByExample(classes: Float64Array): Float64Array {
  const weights = balancedWeights(who, classes);
  return classes.map((label) => weights[label]!);
}

function sumsOf(weights: readonly unknown[], count: number): Float64Array {
  if (weights.length !== count) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `weights must hold one number for each of the ${count} examples, got ${weights.length}`,
      fix: 'Pass the weights in the order of the examples',
    });
  }
  let sum = 0;
  const sums = Float64Array.from(weights, (weight, example) => {
    if (typeof weight === 'number' && weight >= 0 && weight < Infinity) return (sum += weight);
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `weights must be finite numbers >= 0, got ${describe(weight)} at index ${example}`,
      fix: 'Use a finite weight >= 0 for each example; weight 0 leaves an example out',
    });
  });
  if (sum > 0 && sum < Infinity) return sums;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `weights must have a finite sum above 0, got ${sum}`,
    fix: 'Give at least one example a weight above 0',
  });
}
