import * as v from 'valibot';

/**
 * How long: whole steps (`500`), epochs (`'3ep'`, `'0.5ep'`) or a share of the whole run (`'10%'`), as in
 * `@cantrip/lr-schedules`. The place where an epoch or a share ends becomes the nearest whole step.
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

/** What durations are measured against. */
export interface RunLength {
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/** A duration in steps, not rounded: what is rounded is the place where a part ends, by {@link wholeStep}. */
export function exactSteps(duration: Duration, { stepsPerEpoch, totalSteps }: RunLength): number {
  if (typeof duration === 'number') return duration;
  const [, amount, unit] = pattern.exec(duration)!;
  return unit === 'ep' ? Number(amount) * stepsPerEpoch : (Number(amount) * totalSteps) / 100;
}

/** The step nearest to a place in the run. Halves go up, also where a sum of shares has lost a last digit. */
export function wholeStep(exact: number): number {
  return Math.round(exact * (1 + 1e-12));
}

/** The first step after a duration that begins with the run. */
export function stepAfter(duration: Duration, run: RunLength): number {
  return wholeStep(exactSteps(duration, run));
}

/** Whether a duration is none, whatever the run. */
export function isNone(duration: Duration): boolean {
  return Number.parseFloat(String(duration)) === 0;
}
