import { CantripError, type Check, checkArgument, numberCheck } from '@cantrip/errors';

/**
 * A duration: a number of steps (`500`), epochs (`'5ep'`, `'0.5ep'`) or a share of the whole run (`'10%'`).
 *
 * A step is one optimizer update. This is also so with gradient accumulation: with `accumulateGradients(…, { steps:
 * 4 })`, four batches make one step. An epoch of 100 batches then has 25 steps.
 *
 * A number always counts steps: `0.1` is an error, write `'10%'`. The end of an epoch or a share is rounded to the
 * nearest whole step. So shares that add up to 100 % end with the run, even a short one.
 */
export type Length = number | `${number}ep` | `${number}%`;

/** The length of a run. `'5ep'` is a multiple of `stepsPerEpoch`, `'10%'` a share of `totalSteps`. */
export interface RunLength {
  /** Optimizer updates in one epoch. With gradient accumulation there are fewer updates than batches. */
  readonly stepsPerEpoch: number;
  /** Optimizer updates of the whole run. */
  readonly totalSteps: number;
}

/**
 * Checks a {@link Length}: a whole number of at least 0, epochs, or at most 100 %. Use it with `readOptions` of
 * `@cantrip/errors`, or as `schemaOf(lengthCheck)` in a valibot schema.
 *
 * @returns what is wrong with the value; undefined if it is a length
 * @example
 * ```ts
 * lengthCheck('10%'); // undefined
 * lengthCheck(0.1); // must be a whole number of steps, epochs such as '5ep', or a share of the run such as '10%'
 * ```
 */
export const lengthCheck: Check<Length> = (value) =>
  (
    typeof value === 'number'
      ? Number.isSafeInteger(value) && value >= 0
      : typeof value === 'string' &&
        /^\d+(\.\d+)?(ep|%)$/.test(value) &&
        (value.endsWith('ep') || Number.parseFloat(value) <= 100)
  )
    ? undefined
    : "must be a whole number of steps, epochs such as '5ep', or a share of the run such as '10%'";

/**
 * Checks a {@link Length} that is longer than 0, such as the time between two of something.
 *
 * @returns what is wrong with the value; undefined if it is such a length
 * @example
 * ```ts
 * periodCheck('0ep'); // must be a length longer than 0
 * ```
 */
export const periodCheck: Check<Length> = (value) =>
  lengthCheck(value) ?? (Number.parseFloat(String(value)) > 0 ? undefined : 'must be a length longer than 0');

/**
 * A length in steps, not rounded: `length`, `epochs * stepsPerEpoch` or `percent * totalSteps / 100`.
 *
 * Round the step at which a part ends with {@link wholeStep}, not the length of the part. Then parts that add up to
 * the whole end with it.
 *
 * @param who - how an error calls what has the length, e.g. the name of a plugin
 * @param run - the length of the run, such as the context of a host hook; not needed for a number of steps
 * @throws CantripError OPTION_INVALID; SCHEDULE_UNBOUND if the length depends on a run that is not given
 * @example
 * ```ts
 * exactSteps('myPlugin', '0.5ep', { stepsPerEpoch: 25, totalSteps: 100 }); // 12.5
 * exactSteps('myPlugin', '10%', { stepsPerEpoch: 25, totalSteps: 100 }); // 10
 * ```
 */
export function exactSteps(who: string, length: Length, run: RunLength | undefined): number {
  checkArgument(who, 'length', lengthCheck, length);
  if (typeof length === 'number') return length;
  const isShare = length.endsWith('%');
  const whole = isShare ? run?.totalSteps : run?.stepsPerEpoch;
  if (Number.isFinite(whole) && whole! > 0) return (Number.parseFloat(length) * whole!) / (isShare ? 100 : 1);
  throw new CantripError('SCHEDULE_UNBOUND', {
    who,
    what: `the length '${length}' depends on the length of the run, which is not known here`,
    fix: 'Pass the schedule to lrSchedule or bindSchedule, or give stepsPerEpoch and totalSteps',
  });
}

/**
 * The whole step that is nearest to a position in the run. Halves round up, even if a sum of shares is too small by a
 * rounding error.
 *
 * @param exact - a position in steps that may be fractional, such as a sum of {@link exactSteps}; Infinity stays
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * wholeStep(12.4); // 12
 * wholeStep(0.145 * 100); // 15, although 0.145 * 100 is 14.499999999999998 in a computer
 * ```
 */
export function wholeStep(exact: number): number {
  checkArgument('wholeStep', 'exact', numberCheck, exact);
  return Math.round(exact * (1 + 1e-12));
}

/**
 * Whether something that happens every so many steps is due after this number of steps. A period of `'1ep'` need not be a
 * whole number of steps: then its multiples are rounded.
 *
 * @param steps - the number of steps that are done
 * @param exact - the period, such as {@link exactSteps} gives; one step at least, and Infinity is never due
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * [1, 2, 3, 4, 5].filter((steps) => isDue(steps, 2.5)); // [3, 5]
 * ```
 */
export function isDue(steps: number, exact: number): boolean {
  checkArgument('isDue', 'steps', numberCheck, steps);
  checkArgument('isDue', 'exact', numberCheck, exact);
  const period = Math.max(1, exact);
  return Number.isFinite(period) && wholeStep(Math.round(steps / period) * period) === steps;
}
