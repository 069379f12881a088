import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { assignGroups } from './assign-groups.ts';
import type { Labels } from './labels-of.ts';
import {
  labelledParts,
  orderOf,
  partEntries,
  type PartOptions,
  requireCount,
  requireEnough,
} from './part-options.ts';

export interface FoldOptions extends PartOptions {
  /** The number of folds, at least 2. */
  readonly folds: number;
  /** The seed of the folds: the same seed gives the same folds; 0 by default. */
  readonly seed?: number;
}

const schema = v.strictObject({ folds: v.pipe(v.number(), v.safeInteger(), v.minValue(2)), ...partEntries });

/**
 * Divides the numbers `0 … count - 1` into folds for cross-validation, for data of any kind.
 *
 * Each number is in exactly one fold. Without labels, the sizes of folds differ by at most 1. With `stratify`, each fold
 * has every class, in about the same shares as the whole. With `groups`, each group is in one fold. Both can be set.
 *
 * @returns the positions of each fold, in ascending order
 * @throws CantripError OPTION_INVALID if there are fewer examples, groups or examples of a class than folds;
 *   SHAPE_MISMATCH
 * @example
 * ```ts
 * foldPositions(4, { folds: 2, groups: ['ann', 'bob', 'ann', 'bob'] }).map((fold) => [...fold]);
 * // [[0, 2], [1, 3]], or the other way round with another seed
 * ```
 */
export function foldPositions(count: number, options: FoldOptions): Uint32Array[] {
  return positionsOfFolds('foldPositions', count, options);
}

/** Does the same as {@link foldPositions}. Errors name the function that the user called. */
export function positionsOfFolds(who: string, count: number, options: unknown): Uint32Array[] {
  requireCount(who, count);
  const { folds, seed = 0, ...labels } = parseOptions(who, schema, options);
  if (folds > count) throw tooMany(who, folds, `${count} examples`);
  const { classes, groups } = labelledParts(who, count, labels);
  if (groups && groups.names.length < folds) throw tooMany(who, folds, `${groups.names.length} groups`);
  const order = orderOf(count, 'folds', seed);
  const foldOf = groups
    ? byGroup(groups, classes, order, folds)
    : classes
      ? byClass(who, classes, order, folds)
      : inTurn(order, folds);
  const positions = new Uint32Array(count).map((_, index) => index);
  return Array.from({ length: folds }, (_, fold) =>
    positions.filter((position) => foldOf[position] === fold),
  );
}

function inTurn(order: Uint32Array, folds: number): Uint32Array {
  const foldOf = new Uint32Array(order.length);
  order.forEach((example, place) => (foldOf[example] = place % folds));
  return foldOf;
}

function byGroup(
  groups: Labels,
  classes: Labels | undefined,
  order: Uint32Array,
  folds: number,
): Uint32Array {
  const partOf = assignGroups(groups, classes, order, Array<number>(folds).fill(1 / folds));
  return groups.ids.map((group) => partOf[group]!);
}

/** Deals out the examples class by class, so that the folds differ by at most one, in each class and in all. */
function byClass(who: string, classes: Labels, order: Uint32Array, folds: number): Uint32Array {
  requireEnough(who, classes, folds);
  const foldOf = new Uint32Array(order.length);
  const begins = new Uint32Array(classes.counts.length);
  for (let label = 1; label < begins.length; label++)
    begins[label] = begins[label - 1]! + classes.counts[label - 1]!;
  for (const example of order) foldOf[example] = begins[classes.ids[example]!]!++ % folds;
  return foldOf;
}

function tooMany(who: string, folds: number, has: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `folds must not be larger than the number of parts to choose from, got ${folds} folds of ${has}`,
    fix: 'Use fewer folds',
  });
}
