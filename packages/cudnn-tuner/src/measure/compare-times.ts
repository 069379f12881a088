/** A change must gain so much, and gain in every round: less is within the noise of starting a process. */
const LEAST_GAIN = 0.97;

/** From this ratio on it is not worth another round. */
const HOPELESS = 1.25;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The median of the ratios within each round: what slowed a round down meets both. NaN without a common round. */
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
