import { CantripError } from '@cantrip/errors';
import type { Snapshot } from '@cantrip/trainer';
import { invalid } from './checkpoint-errors.ts';
import { manifestName, type Manifest } from './manifest.ts';
import type { SavedRun } from './saved-run.ts';
import { type TensorGroups, tensorFilesOf, type TensorFiles } from './tensor-files.ts';
import { fromTagged, NotTagged } from '../values/from-tagged.ts';
import type { Json } from '../values/tags.ts';
import { NotPlainData, toTagged } from '../values/to-tagged.ts';

/** A run in the form in which it is stored: the parts of the files, and what the manifest says beside the files. */
export interface EncodedRun {
  readonly files: TensorFiles;
  readonly manifest: Pick<Manifest, 'step' | 'tensors' | 'plugins' | 'snapshot' | 'description'>;
}

/** What a snapshot holds beside tensors and plugins. */
type Rest = Omit<Snapshot, 'variables' | 'layerStates' | 'slots' | 'plugins'>;

/** @throws CantripError OPTION_INVALID if a value cannot be stored */
export function encodeRun(who: string, { snapshot, description }: SavedRun): EncodedRun {
  const { variables: _, layerStates: _states, slots: _slots, plugins, ...rest } = snapshot;
  const files = tensorFilesOf(who, snapshot);
  const { plugins: pluginNames, ...tensors } = files.names;
  try {
    return {
      files,
      manifest: {
        step: snapshot.position.step,
        tensors,
        plugins: pluginNames.map(({ id, variables }) => ({
          id,
          state: toTagged(plugins[id]!.state, `the state of the plugin ${id}`),
          variables,
        })),
        snapshot: toTagged(rest, 'snapshot'),
        description: toTagged(description, 'description'),
      },
    };
  } catch (error) {
    if (!(error instanceof NotPlainData)) throw error;
    throw new CantripError('OPTION_INVALID', {
      who,
      what: error.message,
      fix: 'Keep only numbers, texts, dates, maps, sets, arrays and objects of these there',
      cause: error,
    });
  }
}

/**
 * Puts a run together again.
 *
 * @param path - of the checkpoint, for the error
 * @throws CantripError CHECKPOINT_INVALID
 */
export function decodeRun(path: string, manifest: Manifest, tensors: TensorGroups): SavedRun {
  const { variables, layerStates, slots } = tensors;
  const rest = readObject(path, 'snapshot', manifest.snapshot) as unknown as Rest;
  const taken = ['variables', 'layerStates', 'slots', 'plugins'].find((name) => name in rest);
  if (taken !== undefined) throw invalid(path, `has a ${manifestName} whose snapshot holds ${taken}`);
  const step = (rest.position as Snapshot['position'] | undefined)?.step;
  if (step !== manifest.step) throw invalid(path, `has a ${manifestName} with two different steps`);
  const plugins = manifest.plugins.map(({ id, state }, at) => {
    if (id === '__proto__') throw invalid(path, `has a ${manifestName} with a plugin __proto__`);
    const [, own] = tensors.plugins[at]!;
    return [id, { state: readObject(path, `the state of the plugin ${id}`, state), variables: own }] as const;
  });
  const snapshot: Snapshot = {
    ...rest,
    variables,
    ...(layerStates && { layerStates }),
    slots,
    plugins: Object.fromEntries(plugins),
  };
  return { snapshot, description: readObject(path, 'description', manifest.description) };
}

function readObject(path: string, what: string, json: Json): Record<string, unknown> {
  let value: unknown;
  try {
    value = fromTagged(json);
  } catch (error) {
    if (!(error instanceof NotTagged)) throw error;
    throw invalid(path, `has a ${manifestName} whose ${what} holds ${error.message}`, error);
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    throw invalid(path, `has a ${manifestName} whose ${what} is no plain object`);
  return value as Record<string, unknown>;
}
