import { parseOptions } from '@cantrip/errors';
import type { Kept, TallyFigure, TallyMetric } from '@cantrip/trainer';
import * as v from 'valibot';
import { checkCount, nameClasses } from '../classes/name-classes.ts';
import { answersAlone, checkKind, checkShapes } from '../kinds.ts';
import { classNamesSchema, fromSchema, ignoreIndexSchema } from '../option-schemas.ts';
import { areaUnderRoc, averagePrecisionOf, type Scored } from './area-under.ts';
import { appendRows, questionsOf, scoreRows } from './scores.ts';

export interface AreaOptions {
  /**
   * How the figures of several classes or labels become one. `macro`, the default: their mean. `weighted`: weighted by
   * their number of targets. `each`: one figure for each. A class for which there is no figure is left out.
   */
  readonly average?: 'macro' | 'weighted' | 'each' | undefined;
  /** Whether each of several units answers yes or no on its own; false by default: each class against all others. */
  readonly multiLabel?: boolean | undefined;
  /** The kind of the outputs: `logits` or `probabilities`; `logits` by default. Matters with several classes. */
  readonly from?: 'logits' | 'probabilities' | undefined;
  /**
   * The most examples whose scores are kept, 10 million by default. An example needs 12 bytes with one unit, and
   * `4 * (classes + 2)` bytes with classes. More examples are an error.
   */
  readonly maxExamples?: number | undefined;
  /** The names of the classes, for `each`; their indices by default. */
  readonly classNames?: readonly string[] | undefined;
  /** The class index to ignore; none by default. */
  readonly ignoreIndex?: number | undefined;
}

const schema = v.strictObject({
  average: v.optional(v.picklist(['macro', 'weighted', 'each']), 'macro'),
  multiLabel: v.optional(v.boolean(), false),
  from: fromSchema,
  maxExamples: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 10_000_000),
  classNames: classNamesSchema,
  ignoreIndex: ignoreIndexSchema,
});

/**
 * The area under the ROC curve: how probably an example of the class has a higher score than another one. A tie counts
 * half.
 *
 * Outputs `[…, K]`, targets `[…]` int32 or `[…, K]`. It is exact: the scores of all examples are kept on the host and
 * ranked at the end, with no thresholds and no sigmoid that makes large scores equal. NaN if targets lack one of the
 * two answers.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(rocAuc());
 * await measured.add(tf.tensor2d([[0], [0], [1], [1]]), tf.tensor2d([[0.1], [0.4], [0.35], [0.8]]));
 * measured.result(); // 0.75
 * ```
 */
export function rocAuc(options: AreaOptions = {}): TallyMetric {
  return areaMetric('rocAuc', options, areaUnderRoc, NaN);
}

/**
 * Average precision, the area under the steps of the precision-recall curve: `sum_n (R_n - R_(n-1)) P_n` over all
 * thresholds.
 *
 * Outputs `[…, K]`, targets `[…]` int32 or `[…, K]`. It is exact: the scores of all examples are kept on the host and
 * ranked at the end. 0 if no target is of any class, as in scikit-learn.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(averagePrecision());
 * await measured.add(tf.tensor2d([[0], [0], [1], [1]]), tf.tensor2d([[0.1], [0.4], [0.35], [0.8]]));
 * measured.result(); // 0.8333
 * ```
 */
export function averagePrecision(options: AreaOptions = {}): TallyMetric {
  return areaMetric('averagePrecision', options, averagePrecisionOf, 0);
}

function areaMetric(
  who: string,
  options: AreaOptions,
  areaOf: (scored: Scored) => number,
  nothing: number,
): TallyMetric {
  const parsed = parseOptions(who, schema, options);
  const { average, multiLabel, from, maxExamples, classNames, ignoreIndex } = parsed;
  const kind = { who, multiLabel, from };

  function figure(kept: Kept | undefined): number | TallyFigure {
    if (!kept) return average === 'each' ? {} : nothing;
    const areas = [...questionsOf(kept, kind)].map((scored) => ({
      area: areaOf(scored),
      wanted: wantedOf(scored),
    }));
    if (average === 'each') {
      const names = nameClasses(who, classNames, areas.length);
      return { numbers: Object.fromEntries(names.map((name, index) => [name, areas[index]!.area])) };
    }
    const present = areas.filter(({ area }) => !Number.isNaN(area));
    const factors = present.map(({ wanted }) => (average === 'weighted' ? wanted : 1));
    const whole = factors.reduce((sum, one) => sum + one, 0);
    if (whole === 0) return nothing;
    return present.reduce((sum, { area }, index) => sum + factors[index]! * area, 0) / whole;
  }

  return {
    name: who,
    ignoreIndex,
    figure,
    tally: (targets, outputs, weights) => scoreRows(parsed, targets, outputs, weights),
    add: (before, batch) => appendRows(who, maxExamples, before, batch),
    check(shapes) {
      checkShapes(kind, shapes);
      checkCount(who, classNames, shapes.outputShape.at(-1)!);
    },
    checkLoss(loss, shapes) {
      const asLoss = loss.applies === undefined ? 'probabilities' : 'logits';
      // Answers of yes or no are ranked the same by logits and by probabilities.
      const read = answersAlone(shapes.outputShape, multiLabel) ? asLoss : from;
      checkKind({ ...kind, from: read }, loss, shapes);
    },
  };
}

function wantedOf({ targets, weights }: Scored): number {
  return targets.reduce((sum, target, index) => sum + (target === 1 ? weights[index]! : 0), 0);
}
