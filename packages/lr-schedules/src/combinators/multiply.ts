import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { cannotShrink } from '../core/option-invalid.ts';
import { rateSchema, scheduleSchema } from '../core/option-schemas.ts';
import { boundIn, exactEnd, firstValue, type Schedule } from '../core/schedule.ts';

const factorsSchema = v.strictObject({
  factors: v.pipe(
    v.array(v.union([scheduleSchema, rateSchema], 'must be a schedule or a number of at least 0')),
    v.minLength(1, 'must be at least one schedule or number'),
  ),
});

/**
 * Multiplies schedules and numbers at each step, as PyTorch's `ChainedScheduler` does.
 *
 * The result is as long as the longest schedule. A shorter schedule keeps its end value.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const warm = linear({ initialValue: 0.1, endValue: 1, steps: 10 });
 * multiply(warm, step({ value: 0.2, factor: 0.1, every: 30 }))(30); // 0.02
 * ```
 */
export function multiply(...factors: readonly (Schedule | number)[]): BindableSchedule {
  const checked = parseOptions('multiply', factorsSchema, { factors }).factors;
  return bindableSchedule((run, steps, place) => {
    if (steps !== undefined) throw cannotShrink('multiply', 'the factors have their own lengths');
    const bound = checked.flatMap((factor) =>
      typeof factor === 'number' ? [] : [boundIn(factor, run, place)],
    );
    const constant = checked.reduce<number>(
      (sum, factor) => (typeof factor === 'number' ? sum * factor : sum),
      1,
    );
    const at = (step: number): number =>
      bound.reduce((product, schedule) => product * schedule(step), constant);
    const longest = (lengths: readonly number[]): number =>
      lengths.length === 0 ? Infinity : Math.max(...lengths);
    const total = longest(bound.map((schedule) => schedule.steps));
    return boundSchedule(total, at, Number.isFinite(total) ? at(total) : Number.NaN, {
      exactSteps: longest(bound.map(exactEnd)),
      initialValue: bound.reduce((product, schedule) => product * firstValue(schedule), constant),
    });
  });
}
