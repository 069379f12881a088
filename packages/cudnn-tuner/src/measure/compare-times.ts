/**
 * A change must reach this ratio, and be faster in every round. A smaller gain is within the noise of starting a
 * process.
 */
const LEAST_GAIN = 0.97;

/** An alternative with this ratio or more is not timed again. */
const HOPELESS = 1.25;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The median of the ratios of each round. A slow round slows both times, so their ratio stays comparable. NaN if
 * there is no common round.
 */
export function ratioOf(times: readonly number[], reference: readonly number[]): number {
  return median(ratios(times, reference));
}

export function isFaster(times: readonly number[], reference: readonly number[]): boolean {
  const all = ratios(times, reference);
  return all.length > 0 && all.every((ratio) => ratio < 1) && median(all) <= LEAST_GAIN;
}

export function isHopeless(times: readonly number[], reference: readonly number[]): boolean {
  return ratioOf(times, reference) >= HOPELESS;
}

function ratios(times: readonly number[], reference: readonly number[]): readonly number[] {
  return times.slice(0, reference.length).map((time, round) => time / reference[round]!);
}
