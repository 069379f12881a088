import type { Variable } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { LiveRun } from '../run/live-run.ts';

/** The run that trains a variable now. */
const training = new WeakMap<Variable, LiveRun>();

/**
 * Refuses work on variables that another trainer is training now. Both would read and change the variables between each
 * other's steps. A hook of the other trainer may do it, because that trainer waits for its hook.
 *
 * @throws CantripError TRAINER_BUSY
 */
export function requireOwn(live: LiveRun, what: string): void {
  for (const [name, variable] of Object.entries(live.model.variables)) {
    const other = training.get(variable);
    if (!other || other === live || other.lock.callers().length > 0) continue;
    throw new CantripError('TRAINER_BUSY', {
      who: 'trainer',
      what: `${what} needs ${name}, which another trainer is training now`,
      fix: 'Await the fit of the other trainer first',
    });
  }
}

/** Trains the variables of a run, and refuses other trainers meanwhile. */
export async function trainAlone<T>(live: LiveRun, work: () => Promise<T>): Promise<T> {
  requireOwn(live, 'fit');
  const before = Object.values(live.model.variables).map((one) => [one, training.get(one)] as const);
  for (const [variable] of before) training.set(variable, live);
  try {
    return await work();
  } finally {
    for (const [variable, other] of before) {
      if (other) training.set(variable, other);
      else training.delete(variable);
    }
  }
}
