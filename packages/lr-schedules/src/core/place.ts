import { wholeStep } from '@cantrip/plugin-kit';

/**
 * Rounds a position in a schedule to the nearest whole step of the run. Both are counted in steps from the
 * schedule's start.
 *
 * Positions are rounded, lengths are not. So the parts of a schedule end exactly where the whole ends, and they
 * never overlap.
 */
export type Place = (exact: number) => number;

/**
 * Does not round: for schedules that are repeated or stretched, whose steps are not whole steps of the run. It only
 * removes rounding errors from whole numbers.
 */
export const unrounded: Place = (exact) => {
  const whole = wholeStep(exact);
  return Math.abs(exact - whole) <= whole * 1e-12 ? whole : exact;
};

/** Rounds positions in a part that starts at the position `begin` of the whole schedule. */
export function placeFrom(place: Place, begin: number): Place {
  if (begin === 0) return place;
  const first = place(begin);
  return (exact) => place(begin + exact) - first;
}
