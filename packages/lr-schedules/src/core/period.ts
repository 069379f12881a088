import { exactSteps, type Length, type RunLength } from '@cantrip/plugin-kit';
import type { Place } from './place.ts';

/** A period in steps, not rounded, and at least one step. */
export function periodOf(who: string, every: Length, run: RunLength | undefined): number {
  return Math.max(1, exactSteps(who, every, run));
}

/**
 * The number of periods that have ended by a step. The end of each is rounded: periods of 2.5 steps end at 3, 5, 8
 * and 10.
 */
export function periodsBy(step: number, period: number, place: Place): number {
  if (step === Infinity) return Infinity;
  let count = Math.floor(step / period) + 1;
  while (count > 0 && place(count * period) > step) count -= 1;
  return count;
}
