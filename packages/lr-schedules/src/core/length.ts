import { CantripError, type Check } from '@cantrip/errors';
import type { RunLength } from './schedule.ts';

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

const pattern = /^(\d+(?:\.\d+)?)(ep|%)$/;

/** Checks a {@link Length}: at least 0, and at most 100 %. */
export const lengthCheck: Check<Length> = (value) =>
  isLength(value)
    ? undefined
    : "must be a whole number of steps, epochs such as '5ep', or a share of the run such as '10%'";

function isLength(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  return match !== null && (match[2] === 'ep' || Number(match[1]) <= 100);
}

/**
 * A length in steps, not rounded. A {@link Place} rounds the step at which a part ends.
 *
 * @throws CantripError SCHEDULE_UNBOUND if the length is in epochs or percent and `run` is undefined
 */
export function exactSteps(who: string, length: Length, run: RunLength | undefined): number {
  if (typeof length === 'number') return length;
  if (!run) {
    throw new CantripError('SCHEDULE_UNBOUND', {
      who,
      what: `the length '${length}' depends on the length of the run, which is not known here`,
      fix: 'Pass the schedule to lrSchedule, or to bindSchedule with stepsPerEpoch and totalSteps',
    });
  }
  const [, amount, unit] = pattern.exec(length)!;
  return unit === 'ep' ? Number(amount) * run.stepsPerEpoch : (Number(amount) * run.totalSteps) / 100;
}
