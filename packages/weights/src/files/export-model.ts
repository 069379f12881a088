import { CantripError, booleanCheck, type Check, optional, readOptions } from '@cantrip/errors';
import { parametersOf } from '@cantrip/plugin-kit';
import type * as tf from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { codes } from '../error-codes.ts';
import { valuesInPlace } from '../model/values-in-place.ts';
import { foldNorms } from './fold-norms.ts';
import { joinWeights, splitWeights } from './named-values.ts';
import { pathOfModel } from './path-of-model.ts';
import { writeModelFiles, type WrittenModel } from './write-model-files.ts';

export interface ExportModelOptions {
  /** Tensors in place of variables, by the names of the parameters: averages, for example. The model is not changed. */
  readonly values?: Readonly<Record<string, tf.Tensor>> | undefined;
  /**
   * Multiplies each batch normalisation into the layer before it, where nothing stands between. False by default. The
   * written model predicts the same, a little faster, and cannot be trained further.
   */
  readonly foldBatchNorm?: boolean | undefined;
}

/** What was written, and which normalisations are folded. */
export interface ExportedModel extends WrittenModel {
  /** The names of folded normalisations. */
  readonly folded: readonly string[];
}

const valuesCheck: Check<NonNullable<ExportModelOptions['values']>> = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'must be tensors by name';

/**
 * Writes a LayersModel in TensorFlow.js's own format, which browsers load: a model.json and one file of weights.
 *
 * At any instant the folder holds the whole old model or the whole new one. The files are read again and compared with
 * their sha256. A folder that is not there is made.
 *
 * @param folder - a path, or a `file://` address
 * @throws CantripError WEIGHTS_FILE, and what was in the folder is untouched; WEIGHTS_MISMATCH; MODEL_INVALID;
 *   OPTION_INVALID
 * @example
 * ```ts
 * await exportModel(model, 'models/digits', { foldBatchNorm: true }); // { path: 'models/digits/model.json', … }
 * ```
 */
export async function exportModel(
  model: LayersModel,
  folder: string | URL,
  options: ExportModelOptions = {},
): Promise<ExportedModel> {
  const { values: given, foldBatchNorm } = readOptions(
    'exportModel',
    { values: optional(valuesCheck), foldBatchNorm: optional(booleanCheck, false) },
    options,
  );
  requireModel(model);
  const path = pathOfModel('exportModel', 'folder', folder);
  const replaced = await replacedValues(model, given);
  const artifacts = await artifactsOf(model);
  const stored = splitWeights(artifacts);
  for (const [name, values] of replaced) stored.set(name, { ...stored.get(name)!, values });
  const { topology, folded } = foldBatchNorm
    ? foldNorms(artifacts.modelTopology as object, stored)
    : { topology: artifacts.modelTopology as object, folded: [] };
  const written = await writeModelFiles('exportModel', path, {
    ...artifacts,
    modelTopology: topology,
    ...joinWeights(stored),
  });
  return { ...written, folded };
}

function requireModel(model: unknown): void {
  const { layers, save } = (model ?? {}) as Partial<LayersModel>;
  if (Array.isArray(layers) && typeof save === 'function') return requireOwnNames(model as LayersModel);
  throw new CantripError('MODEL_INVALID', {
    who: 'exportModel',
    what: `needs a LayersModel, but it is ${typeof model === 'function' ? 'a function' : 'none'}`,
    fix: 'Write the weights of a function with exportWeights',
  });
}

/** TensorFlow.js stores weights by these names, so it could not load the model again. */
function requireOwnNames(model: LayersModel): void {
  const seen = new Set<string>();
  for (const { originalName } of model.weights) {
    if (seen.has(originalName)) {
      throw new CantripError(codes.WEIGHTS_MISMATCH, {
        who: 'exportModel',
        what: `has two weights of the name ${originalName}, which TensorFlow.js could not load`,
        fix: 'Give the layers of nested models names of their own',
      });
    }
    seen.add(originalName);
  }
}

/** By the names that TensorFlow.js stores. */
async function replacedValues(
  model: LayersModel,
  given: ExportModelOptions['values'],
): Promise<ReadonlyMap<string, Float32Array>> {
  const parameters = parametersOf<layers.Layer>(model);
  const places = parameters.map(({ name, weight }) => ({ name, variable: weight.read() as tf.Tensor }));
  const values = valuesInPlace('exportModel', given, places);
  const read = [...values].map(async ([name, tensor]) => {
    const { weight } = parameters.find((one) => one.name === name)!;
    return [weight.originalName, Float32Array.from(await tensor.data())] as const;
  });
  return new Map(await Promise.all(read));
}

/** Everything that `model.save` would hand to a handler. */
async function artifactsOf(model: LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: (given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
    },
  });
  return artifacts!;
}
