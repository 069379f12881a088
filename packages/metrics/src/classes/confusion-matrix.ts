import { parseOptions } from '@cantrip/errors';
import type { Kept, TallyMetric } from '@cantrip/trainer';
import * as v from 'valibot';
import { checkKind, checkShapes } from '../kinds.ts';
import { classNamesSchema, fromSchema, ignoreIndexSchema } from '../option-schemas.ts';
import { classCount, decisions, eachDecision } from './decisions.ts';
import { checkCount, nameClasses } from './name-classes.ts';

export interface ConfusionMatrixOptions {
  /** The names of the classes, in their order; their indices by default. */
  readonly classNames?: readonly string[] | undefined;
  /** The kind of a single output unit: `logits` or `probabilities`; `logits` by default. */
  readonly from?: 'logits' | 'probabilities' | undefined;
  /** With one unit, the answer is yes above this probability. Between 0 and 1; 0.5 by default. */
  readonly threshold?: number | undefined;
  /** The class index to ignore; none by default. */
  readonly ignoreIndex?: number | undefined;
}

const schema = v.strictObject({
  classNames: classNamesSchema,
  from: fromSchema,
  threshold: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 0.5),
  ignoreIndex: ignoreIndexSchema,
});

/**
 * The confusion matrix: the row is the target, the column is the prediction, and a value is the sum of the weights of
 * such examples.
 *
 * It is a table, so it is not logged: read it with `tablesOf(logs).confusionMatrix`. Outputs `[…, K]`, targets `[…]`
 * int32 or `[…, K]`. With one unit, the classes are no and yes.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const count = meter(confusionMatrix());
 * await count.add(tf.tensor1d([0, 1, 1], 'int32'), tf.tensor2d([[1, 0], [1, 0], [0, 1]]));
 * count.result(); // { table: { values: [[1, 0], [1, 1]], … } }
 * ```
 */
export function confusionMatrix(options: ConfusionMatrixOptions = {}): TallyMetric {
  const who = 'confusionMatrix';
  const { classNames, ...rest } = parseOptions(who, schema, options);
  const kind = { who, multiLabel: false, from: rest.from };
  const namesOf = (classes: number): readonly string[] => nameClasses(who, classNames, classes);
  return {
    name: who,
    ignoreIndex: rest.ignoreIndex,
    tally: (targets, outputs, weights) =>
      decisions({ ...rest, multiLabel: false }, targets, outputs, weights),
    add(before, batch) {
      const classes = classCount(batch);
      const counts = before?.['counts'] ?? new Float64Array(classes * classes);
      eachDecision(who, batch, (target, prediction, weight) => {
        counts[target * classes + prediction]! += weight;
      });
      return { counts };
    },
    figure(kept: Kept | undefined) {
      const counts = kept?.['counts'] ?? new Float64Array();
      const classes = Math.sqrt(counts.length);
      const names = kept ? namesOf(classes) : (classNames ?? []);
      const values = names.map((_, row) => [...counts.subarray(row * classes, (row + 1) * classes)]);
      return {
        table: { rowsAre: 'target', columnsAre: 'prediction', rows: names, columns: names, values },
      };
    },
    check(shapes) {
      checkShapes(kind, shapes);
      const units = shapes.outputShape.at(-1)!;
      checkCount(who, classNames, units === 1 ? 2 : units);
    },
    checkLoss: (loss, shapes) =>
      checkKind(shapes.outputShape.at(-1) === 1 ? kind : { ...kind, from: given(loss) }, loss, shapes),
  };
}

/** The highest unit is the same for logits and probabilities. */
const given = ({ applies }: { readonly applies?: string | undefined }): 'logits' | 'probabilities' =>
  applies === undefined ? 'probabilities' : 'logits';
