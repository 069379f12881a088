/**
 * From a place in a schedule, in steps from where the schedule begins, to the whole step of the run that is nearest to it,
 * counted from there too.
 *
 * Places are rounded and lengths are not: parts that add up to the whole then end where the whole does, and a part never
 * begins before the last one ends.
 */
export type Place = (exact: number) => number;

/** The place in a schedule that begins with the run. Halves go up, also where a sum of shares has lost a last digit. */
export const wholeStep: Place = (exact) => Math.round(exact * (1 + 1e-12));

/**
 * Not rounded, for what is repeated or stretched: its own steps are no whole steps of the run. A whole number that has
 * lost its last digit is whole again.
 */
export const unrounded: Place = (exact) => {
  const whole = wholeStep(exact);
  return Math.abs(exact - whole) <= whole * 1e-12 ? whole : exact;
};

/** Places in a part that begins at a place of the whole. */
export function placeFrom(place: Place, begin: number): Place {
  if (begin === 0) return place;
  const first = place(begin);
  return (exact) => place(begin + exact) - first;
}
