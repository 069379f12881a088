/** Whether `value` is a seed: an integer in [0, 2^53). */
export function isSeed(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What {@link isSeed} asks, in the words of an error. */
export const seedExpected = 'must be an integer in [0, 2^53)';
