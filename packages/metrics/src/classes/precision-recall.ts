import { CantripError, parseOptions } from '@cantrip/errors';
import type { Kept, TallyFigure, TallyMetric } from '@cantrip/trainer';
import * as v from 'valibot';
import { answersAlone, checkKind, checkShapes } from '../kinds.ts';
import { classNamesSchema, fromSchema, ignoreIndexSchema } from '../option-schemas.ts';
import type { Average } from './average.ts';
import { averaged, type Counts, type Ratio } from './averages.ts';
import { countClasses, countsOf } from './class-counts.ts';
import { decisions } from './decisions.ts';
import { checkCount, nameClasses } from './name-classes.ts';

export interface PrecisionRecallOptions {
  /** By default the figure of yes with one unit, and `macro` with several. */
  readonly average?: Average | undefined;
  /** The class whose figure this is; then there is no `average`. */
  readonly positive?: number | undefined;
  /** Whether each of several units answers yes or no on its own; false by default. */
  readonly multiLabel?: boolean | undefined;
  /** The kind of outputs that answer yes or no: `logits` or `probabilities`; `logits` by default. */
  readonly from?: 'logits' | 'probabilities' | undefined;
  /** The answer is yes above this probability. Between 0 and 1; 0.5 by default. */
  readonly threshold?: number | undefined;
  /** The figure where nothing can be divided, e.g. the precision without a positive prediction; 0 by default. */
  readonly zeroDivision?: 0 | 1 | undefined;
  /** The names of the classes, for `each`; their indices by default. */
  readonly classNames?: readonly string[] | undefined;
  /** The class index to ignore; none by default. */
  readonly ignoreIndex?: number | undefined;
}

const schema = v.strictObject({
  average: v.optional(v.picklist(['macro', 'weighted', 'micro', 'each'])),
  positive: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  multiLabel: v.optional(v.boolean(), false),
  from: fromSchema,
  threshold: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.5),
  zeroDivision: v.optional(v.picklist([0, 1]), 0),
  classNames: classNamesSchema,
  ignoreIndex: ignoreIndexSchema,
});

/**
 * Precision: the share of predictions of a class that are right, `TP / (TP + FP)`.
 *
 * Outputs `[…, K]`, targets `[…]` int32 or `[…, K]`. The counts are added up over all batches, and then divided.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(precision());
 * await measured.add(tf.tensor2d([[1], [0]]), tf.tensor2d([[2], [3]]));
 * measured.result(); // 0.5
 * ```
 */
export function precision(options: PrecisionRecallOptions = {}): TallyMetric {
  return ratioMetric('precision', options, ({ hits, predicted }) => [hits, predicted]);
}

/**
 * Recall: the share of the targets of a class that are predicted, `TP / (TP + FN)`.
 *
 * Outputs `[…, K]`, targets `[…]` int32 or `[…, K]`. The counts are added up over all batches, and then divided.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(recall());
 * await measured.add(tf.tensor2d([[1], [0]]), tf.tensor2d([[2], [3]]));
 * measured.result(); // 1
 * ```
 */
export function recall(options: PrecisionRecallOptions = {}): TallyMetric {
  return ratioMetric('recall', options, ({ hits, wanted }) => [hits, wanted]);
}

/**
 * F1: the harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`.
 *
 * Outputs `[…, K]`, targets `[…]` int32 or `[…, K]`. The counts are added up over all batches, and then divided.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(f1());
 * await measured.add(tf.tensor2d([[1], [0]]), tf.tensor2d([[2], [3]]));
 * measured.result(); // 0.6667
 * ```
 */
export function f1(options: PrecisionRecallOptions = {}): TallyMetric {
  return ratioMetric('f1', options, ({ hits, predicted, wanted }) => [2 * hits, predicted + wanted]);
}

function ratioMetric(who: string, options: PrecisionRecallOptions, ratio: Ratio): TallyMetric {
  const parsed = parseOptions(who, schema, options);
  const { average, positive, multiLabel, from, zeroDivision, classNames, ignoreIndex } = parsed;
  if (average !== undefined && positive !== undefined) throw bothGiven(who);
  const kind = { who, multiLabel, from };
  const valueOf = (counts: Counts): number => {
    const [part, whole] = ratio(counts);
    return whole === 0 ? zeroDivision : part / whole;
  };

  function figure(kept: Kept | undefined): number | TallyFigure {
    if (!kept) return average === 'each' ? {} : 0;
    const counts = countsOf(kept);
    const isBinary = kept['binary']![0] === 1;
    const one = positive ?? (average === undefined && isBinary ? 1 : undefined);
    if (one !== undefined) return valueOf(counts[one]!);
    if (average !== 'each')
      return averaged(counts, average ?? 'macro', { valueOf, multiLabel, zeroDivision });
    const names = nameClasses(who, classNames, counts.length);
    return { numbers: Object.fromEntries(names.map((name, index) => [name, valueOf(counts[index]!)])) };
  }

  return {
    name: who,
    ignoreIndex,
    figure,
    tally: (targets, outputs, weights) => decisions(parsed, targets, outputs, weights),
    add: (before, batch) => countClasses(who, before, batch),
    check(shapes) {
      checkShapes(kind, shapes);
      const units = shapes.outputShape.at(-1)!;
      const classes = units === 1 && !multiLabel ? 2 : units;
      checkCount(who, classNames, classes);
      if (positive !== undefined && classes !== -1 && positive >= classes)
        throw noClass(who, positive, classes);
    },
    checkLoss(loss, shapes) {
      const asLoss = loss.applies === undefined ? 'probabilities' : 'logits';
      // The highest unit is the same for logits and probabilities.
      const read = answersAlone(shapes.outputShape, multiLabel) ? from : asLoss;
      checkKind({ ...kind, from: read }, loss, shapes);
    },
  };
}

const bothGiven = (who: string): CantripError =>
  new CantripError('OPTION_INVALID', {
    who,
    what: 'average and positive must not both be set, because the figure of one class needs no average',
    fix: 'Remove one of them',
  });

const noClass = (who: string, positive: number, classes: number): CantripError =>
  new CantripError('OPTION_INVALID', {
    who,
    what: `positive must be a class below ${classes}, got ${positive}`,
    fix: `Set positive to a number from 0 to ${classes - 1}`,
  });
