import { above, atLeast, type Check, numberIn } from '@cantrip/errors';
import type { Schedule } from './schedule.ts';

/** A learning rate: finite and at least 0. */
export const rateCheck: Check<number> = numberIn(atLeast(0));

/** A factor or exponent: finite and above 0. */
export const positiveCheck: Check<number> = numberIn(above(0));

/** A schedule: any function. */
export const scheduleCheck: Check<Schedule> = (value) =>
  typeof value === 'function' ? undefined : 'must be a schedule, that is a function (step) => number';
