import { atLeast, checkArgument, integerIn } from '@cantrip/errors';

const digits = 10;

/**
 * The name of the checkpoint of a step. Sorted as texts, names are in the order of their steps.
 *
 * @param step - the number of steps done, an integer >= 0
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * checkpointName(1200); // step-0000001200
 * ```
 */
export function checkpointName(step: number): string {
  checkArgument('checkpointName', 'step', integerIn(atLeast(0)), step);
  return `step-${String(step).padStart(digits, '0')}`;
}

/** The step in a name; undefined if it is not the name of a checkpoint. */
export function stepOfName(name: string): number | undefined {
  const step = Number(/^step-(\d{10,16})$/.exec(name)?.[1] ?? NaN);
  return Number.isSafeInteger(step) && checkpointName(step) === name ? step : undefined;
}
