import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { LiveRun } from '../run/live-run.ts';
import { checkSavedWeights, checkSnapshot } from './check-snapshot.ts';
import { restoreSnapshot, restoreWeights } from './restore-snapshot.ts';
import type { Snapshot } from '../contract/snapshot.ts';

export interface RestoreOptions {
  /** `weights` restores only the model's weights, by name and shape. Everything else in the run stays as it is. */
  readonly only?: 'weights';
}

const schema = v.optional(v.strictObject({ only: v.optional(v.literal('weights')) }), {});

/** What `restore` must do, and the seed of a run that it opens. */
export interface Restoring {
  readonly seed: number | undefined;
  readonly work: (live: LiveRun) => void;
}

/**
 * Checks everything that can be checked before the run is open.
 *
 * @throws CantripError OPTION_INVALID, STATE_MISMATCH
 */
export function readRestoreCall(snapshot: Snapshot, options: RestoreOptions | undefined): Restoring {
  const { only } = parseOptions('restore', schema, options);
  if (only === 'weights') {
    const weights = checkSavedWeights(snapshot);
    return { seed: undefined, work: (live) => restoreWeights(live, weights) };
  }
  const checked = checkSnapshot(snapshot);
  return { seed: checked.seed, work: (live) => restoreSnapshot(live, checked) };
}
