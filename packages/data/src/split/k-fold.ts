import { fromSource, originOf } from '../dataset/from-source.ts';
import { rebatch } from '../dataset/select.ts';
import { refuseSampled } from '../source/refuse-sampled.ts';
import type { Dataset } from '../source/dataset.ts';
import { selection } from '../source/source.ts';
import { type FoldOptions, positionsOfFolds } from './fold-positions.ts';
import type { Label } from './labels-of.ts';
import { withClasses } from './split.ts';

export interface KFoldOptions extends Omit<FoldOptions, 'stratify'> {
  /** `true` for the classes of the targets, or the class of each example. Each fold has about the same shares. */
  readonly stratify?: boolean | Iterable<Label>;
}

/** One round of cross-validation. */
export interface Fold {
  /** All other folds, with the batch options of the dataset. */
  readonly train: Dataset;
  /** This fold, neither shuffled nor augmented. */
  readonly validation: Dataset;
}

/**
 * Splits a dataset for cross-validation. Each example is in the validation part of exactly one fold.
 *
 * `stratify` gives each fold the same shares of each class. `groups` keeps all examples of a group in one fold.
 *
 * @throws CantripError OPTION_INVALID if there are fewer examples, groups or examples of a class than folds;
 *   SHAPE_MISMATCH
 * @example
 * ```ts
 * for (const { train, validation } of kFold(dataset, { folds: 5, stratify: true })) {
 *   train.size + validation.size === dataset.size; // true
 * }
 * ```
 */
export function kFold(dataset: Dataset, options: KFoldOptions): Fold[] {
  const origin = originOf('kFold', dataset);
  refuseSampled('kFold', origin.source);
  const all = selection(origin.source);
  const folds = positionsOfFolds('kFold', all.length, withClasses('kFold', origin.source, options));
  const part = (selected: Uint32Array): Dataset =>
    fromSource({ ...origin.source, selected }, { ...origin, who: 'kFold' });
  return folds.map((fold) => {
    const held = new Set(fold);
    const { padLast, targets } = origin.source;
    const padTarget = padLast ? padTargetsOf(targets) : undefined;
    return {
      train: part(all.filter((_, position) => !held.has(position))),
      validation: rebatch(part(Uint32Array.from(fold, (position) => all[position]!)), {
        padLast,
        ...(padTarget !== undefined && { padTarget }),
      }),
    };
  });
}

function padTargetsOf(
  targets: readonly { readonly name: string | undefined; readonly padValue?: number }[],
): number | Record<string, number> | undefined {
  const [first] = targets;
  if (first?.name === undefined) return first?.padValue;
  return Object.fromEntries(
    targets.flatMap(({ name, padValue }) => (padValue === undefined ? [] : [[name!, padValue]])),
  );
}
