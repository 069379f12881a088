import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** How `fit` goes on from a saved run. */
export interface ResumeOptions {
  /**
   * `auto`: the newest run of the store, or a new run if there is none. A path: this checkpoint, or the newest one of
   * this folder.
   */
  readonly from: string;
  /** `weights` takes only the model's weights. Everything else begins anew, at step 0. */
  readonly only?: 'weights';
  /**
   * What schedules follow if the length of the run is another one now. `stretch`: the new length. `keep`: the length
   * that the saved run had. Without it, another length is an error if a plugin has a schedule.
   */
  readonly horizon?: 'stretch' | 'keep';
  /** `continue`: a plugin that is new begins now, and what was saved of a missing one is dropped. */
  readonly plugins?: 'continue';
  /**
   * `continue`: the run goes on with other data or another batch size. If it was saved within an epoch whose rest these
   * data do not have, that epoch begins anew.
   */
  readonly data?: 'continue';
  /** `continue`: the optimizer keeps what it has saved for each parameter, and uses its new settings. */
  readonly optimizer?: 'continue';
  /** `continue`: the run goes on with another loss. In the middle of an epoch, its figure mixes both. */
  readonly loss?: 'continue';
  /** `continue`: the run goes on with another device or version. Its numbers may then differ in their last bits. */
  readonly library?: 'continue';
}

const goesOn = v.optional(v.literal('continue'));
const schema = v.strictObject({
  from: v.pipe(v.string(), v.nonEmpty()),
  only: v.optional(v.literal('weights')),
  horizon: v.optional(v.picklist(['stretch', 'keep'])),
  plugins: goesOn,
  data: goesOn,
  optimizer: goesOn,
  loss: goesOn,
  library: goesOn,
});

/**
 * Reads the option `resume` of `fit`; undefined means a new run.
 *
 * @throws CantripError OPTION_INVALID
 */
export function readResume(given: unknown): ResumeOptions | undefined {
  if (given === undefined || given === false) return undefined;
  if (typeof given === 'string' && given !== '') return { from: given };
  if (typeof given === 'object' && given !== null)
    return parseOptions('fit', v.object({ resume: schema }), { resume: given }).resume as ResumeOptions;
  throw new CantripError('OPTION_INVALID', {
    who: 'fit',
    what: `resume must be 'auto', a path or { from, … }, got ${describe(given)}`,
    fix: "Write resume: 'auto'",
  });
}
