import { describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length, type RunLength } from '@cantrip/plugin-kit';
import { optionInvalid } from '../core/option-invalid.ts';
import { lengthSchema, rateSchema } from '../core/option-schemas.ts';
import { falling } from '../core/curve-shape.ts';

export interface PiecewiseOptions {
  /** The values, one more than `at` has entries. The first value starts at step 0. */
  readonly values: readonly number[];
  /** Where the second and each later value starts, in rising order. */
  readonly at: readonly Length[];
  /**
   * `stairs` jumps at each entry of `at`; `linear` and `cosine` go smoothly from one value to the next. `stairs` by
   * default.
   */
  readonly shape?: 'stairs' | 'linear' | 'cosine';
  /** The length, needed in a `join`. No end by default. */
  readonly steps?: Length | undefined;
}

const piecewiseOptions = v.strictObject({
  values: v.array(rateSchema),
  at: v.pipe(v.array(lengthSchema), v.minLength(1, 'must be a list of at least one length')),
  shape: v.optional(v.picklist(['stairs', 'linear', 'cosine']), 'stairs'),
  steps: v.optional(lengthSchema),
});

/**
 * Follows your own list of values: `values[i + 1]` from `at[i]` on. The shape between them is stairs, lines or half
 * cosines.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * piecewise({ values: [0.1, 0.05, 0.01], at: [30, 60] })(30); // 0.05
 * piecewise({ values: [0, 0.1, 0.02], at: [10, 30], shape: 'linear' })(20); // 0.06
 * ```
 */
export function piecewise(options: PiecewiseOptions): BindableSchedule {
  const { values, at, shape, steps } = parseOptions('piecewise', piecewiseOptions, options);
  if (values.length !== at.length + 1) {
    const what = `values must hold one value more than at, got ${values.length} beside ${at.length}`;
    throw optionInvalid(
      'piecewise',
      what,
      'Set values to one value more than at has entries. The first value starts at step 0',
    );
  }
  requireRising(at, (one, next) => unitOf(one) !== unitOf(next) || amountOf(one) < amountOf(next));
  const ownLength = (run: RunLength | undefined): number | undefined =>
    steps === undefined ? undefined : exactSteps('piecewise', steps, run);
  return bindableSchedule((run, given = ownLength(run), place) => {
    const exactly = (length: Length): number => exactSteps('piecewise', length, run);
    requireRising(at, (one, next) => exactly(one) < exactly(next));
    const exact = at.map(exactly);
    // If two entries round to the same step, the value between them is not used.
    const places = exact.map(place);
    const valueAt = shape === 'stairs' ? stairs(values, places) : lines(values, places, shape);
    const end = given ?? (shape === 'stairs' ? Infinity : exact.at(-1)!);
    const total = place(end);
    return boundSchedule(total, valueAt, valueAt(total), { exactSteps: end, initialValue: values[0]! });
  });
}

const amountOf = (length: Length): number => Number.parseFloat(String(length));
const unitOf = (length: Length): string => String(length).replace(/^[\d.]+/, '');

function requireRising(at: readonly Length[], rises: (one: Length, next: Length) => boolean): void {
  const next = at.findIndex((length, index) => index > 0 && !rises(at[index - 1]!, length));
  if (next === -1) return;
  const what = `the entries of at must rise, got ${describe(at[next])} after ${describe(at[next - 1])}`;
  throw optionInvalid('piecewise', what, 'List the entries of at in rising order, each once');
}

function stairs(values: readonly number[], places: readonly number[]): (step: number) => number {
  return (step) => values[places.filter((place) => place <= step).length] as number;
}

function lines(
  values: readonly number[],
  places: readonly number[],
  shape: 'linear' | 'cosine',
): (step: number) => number {
  const left = falling(shape);
  return (step) => {
    const next = places.findIndex((place) => step < place);
    if (next === -1) return values.at(-1) as number;
    const begin = places[next - 1] ?? 0;
    const from = values[next] as number;
    const to = values[next + 1] as number;
    return to + (from - to) * left((step - begin) / ((places[next] as number) - begin));
  };
}
