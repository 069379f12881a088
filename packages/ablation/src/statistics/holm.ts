import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

const schema = v.object({ values: v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(1))) });

/**
 * Corrects p-values for their number, in the given order (Holm-Bonferroni). This limits the chance of a single false
 * alarm among all of them.
 *
 * @throws CantripError OPTION_INVALID if a value is not a probability
 * @example
 * ```ts
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 * ```
 * @see Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979
 */
export function holm(values: readonly number[]): number[] {
  parseOptions('holm', schema, { values });
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const corrected = new Array<number>(values.length);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.min(1, Math.max(highest, values[index]! * (values.length - rank)));
    corrected[index] = highest;
  });
  return corrected;
}
