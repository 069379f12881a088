import { CantripError, type Check } from '@cantrip/errors';
import type { RunLength } from './schedule.ts';

/**
 * How long: whole steps (`500`), epochs (`'5ep'`, `'0.5ep'`) or a share of the whole run (`'10%'`).
 *
 * A number is always steps, never a share: `0.1` is an error, `'10%'` is meant. The place where an epoch or a share ends
 * becomes the nearest whole step, so shares that add up to 100 % end with the run, however short it is.
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
 * A length in steps, not rounded: what is rounded is the place where a part ends, by a {@link Place}.
 *
 * @throws CantripError SCHEDULE_UNBOUND when it needs a run and none is given
 */
export function exactSteps(who: string, length: Length, run: RunLength | undefined): number {
  if (typeof length === 'number') return length;
  if (!run) {
    throw new CantripError('SCHEDULE_UNBOUND', {
      who,
      what: `the length '${length}' has no meaning before the run is known`,
      fix: 'Pass the schedule to lrSchedule, or to bindSchedule with stepsPerEpoch and totalSteps',
    });
  }
  const [, amount, unit] = pattern.exec(length)!;
  return unit === 'ep' ? Number(amount) * run.stepsPerEpoch : (Number(amount) * run.totalSteps) / 100;
}
