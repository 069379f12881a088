import { isPlainObject, parseOptions } from '@cantrip/errors';
import type { Snapshot } from '@cantrip/trainer';
import * as v from 'valibot';

/** Everything that a checkpoint holds. */
export interface SavedRun {
  /** What `trainer.save()` gives. */
  readonly snapshot: Snapshot;
  /** What the run was made of, as plain data: model, plugins, optimizer, data, versions. */
  readonly description: Readonly<Record<string, unknown>>;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const tensors = v.custom<Record<string, unknown>>(
  (value) => isPlainObject(value) && Object.values(value).every(isTensor),
  'must be an object of saved tensors by name',
);

const plainObject = v.custom<Record<string, unknown>>(isPlainObject, 'must be a plain object');

const schema = v.strictObject({
  snapshot: v.looseObject({
    version: v.literal(1),
    position: v.looseObject({ step: count }),
    variables: tensors,
    layerStates: v.optional(tensors),
    slots: tensors,
    plugins: v.custom<Record<string, unknown>>(
      (value) => isPlainObject(value) && Object.values(value).every(isSavedPlugin),
      'must be an object of { state, variables } by plugin',
    ),
  }),
  description: plainObject,
});

/** Checks the parts of a saved run that this package reads. The trainer checks the rest when it restores. */
export function checkSavedRun(who: string, saved: unknown): asserts saved is SavedRun {
  parseOptions(who, v.object({ saved: schema }), { saved });
}

function isSavedPlugin(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { state, variables, ...rest } = value as Record<string, unknown>;
  return isPlainObject(state) && v.is(tensors, variables) && Object.keys(rest).length === 0;
}

function isTensor(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { dtype, shape, values } = value as Record<string, unknown>;
  return typeof dtype === 'string' && v.is(v.array(count), shape) && ArrayBuffer.isView(values);
}
