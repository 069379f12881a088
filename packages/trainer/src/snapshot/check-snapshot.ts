import { describe, isCantripError, isPlainObject, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { mismatch } from './mismatch.ts';
import { arrayOf } from './saved-tensors.ts';
import type { SavedTensor, Sizes, Snapshot } from '../contract/snapshot.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const atLeastOne = v.pipe(count, v.minValue(1));
const finite = v.pipe(v.number(), v.finite());

const tensorSchema = v.strictObject({
  dtype: v.picklist(Object.keys(arrayOf) as (keyof typeof arrayOf)[]),
  shape: v.array(count),
  values: v.custom<SavedTensor['values']>(ArrayBuffer.isView, 'must be a typed array'),
});
const tensorsSchema = v.record(v.string(), tensorSchema);

const plainData = v.custom<Record<string, unknown>>(
  (value) => isPlainObject(value) && canBeCloned(value),
  'must be plain data',
);

/** Whether a value can be copied. Functions and promises cannot. */
function canBeCloned(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

const weightsSchema = v.looseObject({ version: v.literal(1), variables: tensorsSchema });

const isKept = (value: unknown): boolean => value instanceof Float64Array || value instanceof Float32Array;

/** A figure may be Infinity or NaN. */
const isNumber = (value: unknown): boolean => typeof value === 'number';

const schema = v.strictObject({
  version: v.literal(1),
  seed: count,
  position: v.strictObject({ epoch: count, step: count, batch: count, examples: count, batches: count }),
  totals: v.strictObject({
    sums: v.record(v.string(), finite),
    weights: v.record(v.string(), v.pipe(finite, v.minValue(0))),
    tallies: v.optional(
      v.record(v.string(), v.record(v.string(), v.custom(isKept, 'must be a float array'))),
    ),
  }),
  variables: tensorsSchema,
  layerStates: v.optional(tensorsSchema),
  optimizer: v.strictObject({
    name: v.string(),
    batchesPerStep: v.pipe(count, v.minValue(1)),
    keeps: v.optional(v.array(v.string())),
    slots: v.array(v.string()),
  }),
  slots: tensorsSchema,
  data: v.optional(
    v.strictObject({
      batchesPerEpoch: v.pipe(count, v.minValue(1)),
      sizes: v.optional(v.array(v.tuple([atLeastOne, atLeastOne]))),
      firstBatch: v.optional(v.string()),
      examplesPerEpoch: v.optional(count),
      signature: v.optional(v.string()),
    }),
  ),
  plugins: v.record(v.string(), v.strictObject({ state: plainData, variables: tensorsSchema })),
  validationDue: v.optional(v.literal(true)),
  history: v.optional(v.array(v.record(v.string(), v.custom<number>(isNumber, 'must be a number')))),
});

/**
 * Checks that a snapshot is complete and consistent, whatever run it is for.
 *
 * @throws CantripError STATE_MISMATCH
 */
export function checkSnapshot(given: unknown): Snapshot {
  const snapshot = parse(schema, given) as Snapshot;
  for (const [path, { variables }] of Object.entries(snapshot.plugins))
    checkValues(`plugins.${path}.variables`, variables);
  checkValues('variables', snapshot.variables);
  checkValues('layerStates', snapshot.layerStates ?? {});
  checkValues('slots', snapshot.slots);
  checkPosition(snapshot);
  checkHistory(snapshot);
  return snapshot;
}

/** Checks only the weights of a snapshot. */
export function checkSavedWeights(given: unknown): Pick<Snapshot, 'variables'> {
  const { variables } = parse(weightsSchema, given) as Snapshot;
  checkValues('variables', variables);
  return { variables };
}

function parse(form: v.GenericSchema, given: unknown): unknown {
  refuseJson(given);
  try {
    return parseOptions('restore', v.object({ snapshot: form }), { snapshot: given }).snapshot;
  } catch (error) {
    if (!isCantripError(error)) throw error;
    const path = error.what.replace(/^snapshot\.?/, '').trim();
    throw mismatch(
      `must be an unchanged result of save(): ${path}`,
      'Pass the unchanged result of save()',
      error,
    );
  }
}

/** Refuses a snapshot that went through JSON, which turns typed arrays into objects. */
function refuseJson(given: unknown): void {
  const variables: unknown = (given as Partial<Snapshot> | null | undefined)?.variables;
  if (typeof variables !== 'object' || variables === null) return;
  const through = Object.entries(variables as Record<string, Partial<SavedTensor> | undefined>).find(
    ([, tensor]) => isJsonOfArray(tensor?.values),
  );
  if (!through) return;
  throw mismatch(
    `went through JSON, which does not keep typed arrays: the values of ${through[0]} are ${describe(through[1]?.values)}`,
    'Write it with serialize() of node:v8 and read it with deserialize(), or use structuredClone()',
  );
}

function isJsonOfArray(values: unknown): boolean {
  if (Array.isArray(values)) return true;
  if (typeof values !== 'object' || values === null || ArrayBuffer.isView(values)) return false;
  return Object.keys(values).every((key) => /^\d+$/.test(key));
}

function checkValues(where: string, tensors: Snapshot['variables']): void {
  for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
    if (!(values instanceof arrayOf[dtype])) {
      throw mismatch(
        `must have a ${arrayOf[dtype].name} as the ${dtype} values of ${name} in ${where}, got ${describe(values)}`,
        'Pass the unchanged result of save()',
      );
    }
    const size = shape.reduce((product, length) => product * length, 1);
    if (values.length === size) continue;
    throw mismatch(
      `has ${values.length} values of ${name} in ${where}, but its shape [${shape.join(', ')}] needs ${size}`,
      'Pass the unchanged result of save()',
    );
  }
}

function checkPosition({ position, data, totals, optimizer }: Snapshot): void {
  const { epoch, step, batch, batches, examples } = position;
  const fix = 'Pass the unchanged result of save()';
  // Each completed epoch had at least one batch and one step.
  if (epoch + batch > batches || step > batches || epoch > step) {
    throw mismatch(
      `was taken after ${step} steps, ${epoch} epochs and ${batch} batches of the next epoch, but after only ${batches} batches in total`,
      fix,
    );
  }
  if (batches > step * optimizer.batchesPerStep) {
    throw mismatch(
      `was taken after ${step} steps of at most ${optimizer.batchesPerStep} batches, but after ${batches} batches in total`,
      fix,
    );
  }
  if (batch > 0 ? examples < batch : examples > 0) {
    throw mismatch(`was taken after ${batch} batches of an epoch, but after ${examples} examples of it`, fix);
  }
  if (batch > 0 && data?.sizes) checkSizes(data.sizes, { batch, examples });
  const most = data?.examplesPerEpoch ?? Infinity;
  if (batch > 0 && examples > most)
    throw mismatch(`was taken after ${examples} examples of an epoch, but its data promised ${most}`, fix);
  if (batch > 0 && !data) {
    throw mismatch(
      `was taken after ${batch} batches of an epoch, but does not say what its data promised`,
      fix,
    );
  }
  if (data && batch > data.batchesPerEpoch) {
    throw mismatch(
      `was taken after ${batch} batches of an epoch, but its data promised ${data.batchesPerEpoch}`,
      fix,
    );
  }
  const [sums, weights] = [Object.keys(totals.sums), Object.keys(totals.weights)];
  const lone = [...sums, ...weights].find((name) => !(name in totals.sums) || !(name in totals.weights));
  if (lone === undefined) return;
  throw mismatch(`has no sum or no weight of the figure ${lone}`, fix);
}

function checkHistory({ history = [], position }: Snapshot): void {
  if (history.length <= position.epoch) return;
  throw mismatch(
    `was taken after ${position.epoch} epochs, but has the figures of ${history.length}`,
    'Pass the unchanged result of save()',
  );
}

function checkSizes(
  sizes: Sizes,
  { batch, examples }: Pick<Snapshot['position'], 'batch' | 'examples'>,
): void {
  const batches = sizes.reduce((sum, [, count]) => sum + count, 0);
  const held = sizes.reduce((sum, [size, count]) => sum + size * count, 0);
  if (batches === batch && held === examples) return;
  throw mismatch(
    `was taken after ${batch} batches and ${examples} examples of an epoch, but has the sizes of ${batches} batches with ${held} examples`,
    'Restore what save() gave, unchanged',
  );
}
