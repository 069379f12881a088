import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { originOf } from '../dataset/from-source.ts';
import type { Dataset } from '../source/dataset.ts';
import { requireList } from '../source/require-list.ts';
import { targetClasses } from '../source/target-classes.ts';

export interface ClassWeightsOptions {
  /** The number of classes; by default one more than the largest class index. */
  readonly classes?: number;
}

const who = 'classWeights';
const schema = v.strictObject({
  classes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 24))),
});

/**
 * Computes a weight for each class, which is larger for rarer classes: `examples / (classes * examples of the class)`.
 *
 * With these weights, each class counts alike in the loss, and the weights of all examples have the mean 1. Pass them to
 * `arrayDataset` as `weights`, one for each example.
 *
 * @param labels - class indices, counted from 0, or a dataset whose targets are class indices
 * @returns one weight for each class
 * @throws CantripError OPTION_INVALID, DATA_EMPTY, LABEL_OUT_OF_RANGE; also if a class has no example
 * @example
 * ```ts
 * classWeights([0, 0, 0, 1]); // [0.6666666666666666, 2]
 * ```
 * @see scikit-learn, `compute_class_weight('balanced', …)`
 */
export function classWeights(
  labels: Iterable<number> | Dataset,
  options: ClassWeightsOptions = {},
): number[] {
  const { classes } = parseOptions(who, schema, options);
  const isDataset = typeof labels === 'object' && labels !== null && 'batches' in labels;
  if (!isDataset) requireList(who, 'labels', labels);
  const given = isDataset
    ? targetClasses(who, originOf(who, labels).source)
    : [...(labels as Iterable<number>)];
  return balancedWeights(who, given, classes);
}

/** Computes the weights of classes. Errors name the function that the user called. */
export function balancedWeights(who: string, labels: ArrayLike<number>, classes?: number): number[] {
  const count = labels.length;
  if (count === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: 'labels must hold at least one class index, got none',
      fix: 'Pass the class of each example',
    });
  }
  const most = classes ?? 2 ** 24;
  const counts: number[] = Array<number>(classes ?? 0).fill(0);
  for (let example = 0; example < count; example++) {
    const label: unknown = labels[example];
    if (!Number.isSafeInteger(label) || (label as number) < 0 || (label as number) >= most) {
      throw new CantripError('LABEL_OUT_OF_RANGE', {
        who,
        what: `labels must hold class indices in [0, ${most}), got ${describe(label)} in example ${example}`,
        fix: 'Count the classes from 0, or correct the option classes',
      });
    }
    while (counts.length <= (label as number)) counts.push(0);
    counts[label as number]! += 1;
  }
  const absent = counts.indexOf(0);
  if (absent === -1) return counts.map((examples) => count / (counts.length * examples));
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `class ${absent} has no example, so it has no finite weight`,
    fix: 'Add examples of this class, or number the classes without a gap',
  });
}
