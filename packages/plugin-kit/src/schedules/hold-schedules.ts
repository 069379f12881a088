import { atLeast, type Check, checkArgument, integerIn } from '@cantrip/errors';

const held = new WeakMap<object, number>();

const runCheck: Check<object> = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'must be the run of a host context';
const stepCheck = integerIn(atLeast(0));

/**
 * Holds all functions of the step in a run where they are at one step, until the returned function is called. The
 * learning rate finder does so: its sweep changes the learning rate only, and its length is not the run's.
 *
 * @param run - the run of a host context
 * @param step - the step at which the functions stay; at least 0
 * @returns ends the hold
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const release = holdSchedules(run, step);
 * try {
 *   await trySomeSteps();
 * } finally {
 *   release();
 * }
 * ```
 */
export function holdSchedules(run: object, step: number): () => void {
  checkArgument('holdSchedules', 'run', runCheck, run);
  checkArgument('holdSchedules', 'step', stepCheck, step);
  held.set(run, step);
  return () => void held.delete(run);
}

/** The step at which a run's functions are held; undefined if they are not. */
export const heldAt = (run: object): number | undefined => held.get(run);
