import { CantripError, describe, parseOptions } from '@cantrip/errors';
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

export interface SplitPositionsOptions extends PartOptions {
  /** The size of the first part: a number of examples if it is 1 or more, a share of them if it is between 0 and 1. */
  readonly first: number;
  /** The seed of random parts: the same seed gives the same parts. Without it the examples keep their order. */
  readonly seed?: number;
}

const schema = v.strictObject({ first: v.pipe(v.number(), v.finite(), v.gtValue(0)), ...partEntries });

/**
 * Divides the numbers `0 … count - 1` into two parts, for data of any kind.
 *
 * With `stratify`, each part has every class, in about the same shares as the whole. With `groups`, no group is in both
 * parts, so the size of the first part may differ from `first` by up to a group. Both can be set.
 *
 * @returns the positions of the first part and of the second part
 * @throws CantripError OPTION_INVALID if a part would be empty or a class is too small; SHAPE_MISMATCH
 * @example
 * ```ts
 * splitPositions(6, { first: 0.5, stratify: ['a', 'a', 'b', 'b', 'b', 'b'] });
 * // [Uint32Array [0, 2, 3], Uint32Array [1, 4, 5]]
 * ```
 */
export function splitPositions(count: number, options: SplitPositionsOptions): [Uint32Array, Uint32Array] {
  return positionsOfSplit('splitPositions', count, options);
}

/** Does the same as {@link splitPositions}. Errors name the function that the user called. */
export function positionsOfSplit(who: string, count: number, options: unknown): [Uint32Array, Uint32Array] {
  requireCount(who, count);
  const { first, seed, ...labels } = parseOptions(who, schema, options);
  const size = first < 1 ? Math.round(first * count) : first;
  if (!Number.isSafeInteger(size) || size < 1 || size >= count) throw emptyPart(who, first, count);
  const { classes, groups } = labelledParts(who, count, labels);
  const order = orderOf(count, 'split', seed);
  if (groups) return divide(order, byGroup(who, groups, classes, order, size / count));
  if (classes) return divide(order, byClass(who, classes, order, size));
  return [order.slice(0, size), order.slice(size)];
}

function divide(order: Uint32Array, isFirst: (example: number) => boolean): [Uint32Array, Uint32Array] {
  return [order.filter(isFirst), order.filter((example) => !isFirst(example))];
}

function byGroup(
  who: string,
  groups: Labels,
  classes: Labels | undefined,
  order: Uint32Array,
  share: number,
): (example: number) => boolean {
  if (groups.names.length < 2) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `groups must hold at least two different groups, got only ${describe(groups.names[0])}`,
      fix: 'Remove groups, or set it to what tells the examples apart',
    });
  }
  const partOf = assignGroups(groups, classes, order, [share, 1 - share]);
  return (example) => partOf[groups.ids[example]!] === 0;
}

function byClass(
  who: string,
  classes: Labels,
  order: Uint32Array,
  size: number,
): (example: number) => boolean {
  requireEnough(who, classes, 2);
  const kinds = classes.names.length;
  const rest = order.length - size;
  if (size < kinds || rest < kinds) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `both parts must hold each of the ${kinds} classes, but they have ${size} and ${rest} examples`,
      fix: 'Set first so that both parts are larger, or remove stratify',
    });
  }
  const left = quotas(classes.counts, size);
  const isFirst = new Uint8Array(order.length);
  for (const example of order) {
    const label = classes.ids[example]!;
    if (left[label]! <= 0) continue;
    left[label]! -= 1;
    isFirst[example] = 1;
  }
  return (example) => isFirst[example] === 1;
}

/** How many of each class are in the first part: by largest remainder, but at least one of each class in each part. */
function quotas(counts: Uint32Array, size: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = Array.from(counts, (count) => (count * size) / total);
  const chosen = exact.map((share, label) => Math.min(Math.max(Math.floor(share), 1), counts[label]! - 1));
  const step = chosen.reduce((sum, count) => sum + count, 0) < size ? 1 : -1;
  for (let sum = chosen.reduce((all, count) => all + count, 0); sum !== size; sum += step) {
    const fits = (label: number): boolean => {
      const next = chosen[label]! + step;
      return next >= 1 && next < counts[label]!;
    };
    const distance = (label: number): number => step * (exact[label]! - chosen[label]!);
    let best = -1;
    chosen.forEach((_, label) => {
      if (fits(label) && (best === -1 || distance(label) > distance(best))) best = label;
    });
    chosen[best]! += step;
  }
  return chosen;
}

function emptyPart(who: string, first: number, count: number): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `first must leave at least one of the ${count} examples in both parts, got ${describe(first)}`,
    fix: `Set first to a share in (0, 1), or to a number of examples in [1, ${count - 1}]`,
  });
}
