import * as v from 'valibot';

/**
 * A duration: a number of steps (`500`), epochs (`'3ep'`, `'0.5ep'`) or a share of the whole run (`'10%'`), as in
 * `@cantrip/lr-schedules`. A step is one optimizer update. The end of an epoch or a share is rounded to the nearest
 * whole step.
 */
export type Duration = number | `${number}ep` | `${number}%`;

const pattern = /^(\d+(?:\.\d+)?)(ep|%)$/;

/** Checks a {@link Duration}: at least 0, and at most 100 %. */
export const durationSchema: v.GenericSchema<Duration> = v.custom<Duration>(
  isDuration,
  "must be a whole number of steps, epochs such as '3ep', or a share of the run such as '10%'",
);

function isDuration(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0;
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  return match !== null && (match[2] === 'ep' || Number(match[1]) <= 100);
}

/** The length of a run, in optimizer updates. */
export interface RunLength {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** A duration in steps, not rounded. {@link wholeStep} rounds the step at which a part ends. */
export function exactSteps(duration: Duration, { stepsPerEpoch, totalSteps }: RunLength): number {
  if (typeof duration === 'number') return duration;
  const [, amount, unit] = pattern.exec(duration)!;
  return unit === 'ep' ? Number(amount) * stepsPerEpoch : (Number(amount) * totalSteps) / 100;
}

/**
 * The nearest step to a position in the run. Halves round up, even if a sum of shares is too small by a rounding
 * error.
 */
export function wholeStep(exact: number): number {
  return Math.round(exact * (1 + 1e-12));
}

/** The first step after a duration that begins with the run. */
export function stepAfter(duration: Duration, run: RunLength): number {
  return wholeStep(exactSteps(duration, run));
}

/** Whether a duration is 0 in every run. */
export function isNone(duration: Duration): boolean {
  return Number.parseFloat(String(duration)) === 0;
}
