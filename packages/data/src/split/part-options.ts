import { CantripError, describe } from '@cantrip/errors';
import { shuffleInPlace } from '@cantrip/ops';
import * as v from 'valibot';
import { type Label, type Labels, labelsOf } from './labels-of.ts';

/** What parts of data have in common with the whole. */
export interface PartOptions {
  /** The class of each example. Each part has about the same share of every class. */
  readonly stratify?: Iterable<Label>;
  /** The group of each example, such as the person in a picture. All examples of a group are in the same part. */
  readonly groups?: Iterable<Label>;
}

/** The schema entry of a seed, and those of {@link PartOptions}, which `labelledParts` checks. */
export const partEntries: {
  readonly seed: v.OptionalSchema<v.GenericSchema<number>, undefined>;
  readonly stratify: v.OptionalSchema<v.GenericSchema<unknown>, undefined>;
  readonly groups: v.OptionalSchema<v.GenericSchema<unknown>, undefined>;
} = {
  seed: v.optional(v.custom<number>(Number.isSafeInteger, 'must be a safe integer')),
  stratify: v.optional(v.unknown()),
  groups: v.optional(v.unknown()),
};

interface LabelledParts {
  readonly classes: Labels | undefined;
  readonly groups: Labels | undefined;
}

/** Checks the labels of {@link PartOptions}. */
export function labelledParts(
  who: string,
  count: number,
  { stratify, groups }: { readonly stratify?: unknown; readonly groups?: unknown },
): LabelledParts {
  return {
    classes: stratify === undefined ? undefined : labelsOf(who, 'stratify', stratify, count),
    groups: groups === undefined ? undefined : labelsOf(who, 'groups', groups, count),
  };
}

/** The positions of all examples, shuffled if there is a seed. */
export function orderOf(count: number, stream: string, seed: number | undefined): Uint32Array {
  const order = new Uint32Array(count).map((_, index) => index);
  if (seed !== undefined) shuffleInPlace(order, { seed, stream, step: 0 });
  return order;
}

/** @throws CantripError OPTION_INVALID */
export function requireCount(who: string, count: unknown): asserts count is number {
  if (Number.isSafeInteger(count) && (count as number) >= 2 && (count as number) < 2 ** 32) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `count must be a number of examples >= 2, got ${describe(count)}`,
    fix: 'Pass the number of examples to divide, e.g. labels.length',
  });
}

/** Refuses labels of which there are fewer than parts. */
export function requireEnough(who: string, { names, counts }: Labels, parts: number): void {
  const rare = counts.findIndex((count) => count < parts);
  if (rare === -1) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `each class needs an example in each of the ${parts} parts, but class ${describe(names[rare])} has only ${counts[rare]}`,
    fix: 'Add examples of this class, leave it out, or remove stratify',
  });
}
