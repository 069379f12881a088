import * as v from 'valibot';
import { type Length, lengthSchema, stepsOf } from './length.ts';
import type { RunLength } from './schedule.ts';

/** A length longer than 0. */
export const periodSchema: v.GenericSchema<Length> = v.pipe(
  lengthSchema,
  v.check((length) => Number.parseFloat(String(length)) > 0, 'must be longer than 0'),
);

/** A period in steps, at least one: a period that rounds to none would divide by zero. */
export function periodOf(who: string, every: Length, run: RunLength | undefined): number {
  return Math.max(1, stepsOf(who, every, run));
}
