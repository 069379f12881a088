import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, models } from '@tensorflow/tfjs-layers';
import { CantripError, isCantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';
import { fileError, reasonOf } from './file-error.ts';
import { pathOfModel } from './path-of-model.ts';
import { readModelFiles } from './read-model-files.ts';

/**
 * Loads a LayersModel that TensorFlow.js or {@link exportModel} saved, on the device that is open. Its optimizer is not
 * loaded.
 *
 * All files are checked before the model is built: their sizes, their names, which may not lead out of the folder, and the
 * sha256 of each where the model.json has it. Each weight must be there, and no other.
 *
 * @param place - the model.json or its folder: a path, or a `file://` address as tfjs-node has it
 * @throws CantripError WEIGHTS_FILE; WEIGHTS_MISMATCH; OPTION_INVALID
 * @example
 * ```ts
 * await openDevice('auto');
 * const model = await loadModel('file://models/digits/model.json');
 * ```
 */
export async function loadModel(place: string | URL): Promise<LayersModel> {
  const path = pathOfModel('loadModel', 'place', place);
  const artifacts = await readModelFiles('loadModel', path);
  const model = await buildModel(path, artifacts.modelTopology as object);
  try {
    assignWeights(path, model, artifacts);
    return model;
  } catch (error) {
    model.dispose();
    throw isCantripError(error)
      ? error
      : fileError(
          'loadModel',
          `cannot use the weights of ${path}: ${reasonOf(error)}`,
          'Save the model again',
          error,
        );
  }
}

async function buildModel(path: string, modelTopology: object): Promise<LayersModel> {
  try {
    return (await models.modelFromJSON({ modelTopology } as never)) as LayersModel;
  } catch (error) {
    throw fileError(
      'loadModel',
      `cannot build the model of ${path}: ${firstSentence(reasonOf(error))}`,
      'Register custom layers with serialization.registerClass first',
      error,
    );
  }
}

/** TensorFlow.js adds a page of possible causes. */
const firstSentence = (text: string): string =>
  text.split('\n')[0]!.replace(/\.+( This may be due to .*)?$/, '');

function assignWeights(path: string, model: LayersModel, artifacts: tf.io.ModelArtifacts): void {
  const { weightSpecs = [], weightData } = artifacts;
  compareNames(path, model, weightSpecs);
  const data = weightData as ArrayBuffer | undefined;
  if (data === undefined || weightSpecs.length === 0) return;
  const tensors = tf.io.decodeWeights(data, weightSpecs);
  try {
    model.loadWeights(tensors, true);
  } finally {
    tf.dispose(tensors);
  }
}

/** Keras numbers the weights of its newer format by their place in the layer; tfjs-layers finds these itself. */
const numbered = (specs: readonly { readonly name: string }[]): boolean =>
  specs.some(({ name }) => /(^|\/)(vars|layer_checkpoint_dependencies)\//.test(name));

function compareNames(
  path: string,
  model: LayersModel,
  specs: readonly { readonly name: string; readonly shape: readonly number[] }[],
): void {
  if (numbered(specs)) return;
  const stored = new Map(specs.map(({ name, shape }) => [name, shape]));
  const wanted = new Map(model.weights.map(({ originalName, shape }) => [originalName, shape as number[]]));
  const missing = [...wanted.keys()].filter((name) => !stored.has(name));
  const extra = [...stored.keys()].filter((name) => !wanted.has(name));
  const misshapen = [...wanted].filter(([name, shape]) => {
    const found = stored.get(name);
    return found !== undefined && !tf.util.arraysEqual([...found], shape);
  });
  const complaints = [
    missing.length > 0 ? `lacks ${missing.join(', ')}` : '',
    extra.length > 0 ? `has ${extra.join(', ')}, which the model lacks` : '',
    misshapen.length > 0
      ? `has other shapes: ${misshapen.map(([name, shape]) => `${name} [${stored.get(name)!.join(', ')}] instead of [${shape.join(', ')}]`).join(', ')}`
      : '',
  ].filter((one) => one !== '');
  if (complaints.length === 0) return;
  throw new CantripError(codes.WEIGHTS_MISMATCH, {
    who: 'loadModel',
    what: `cannot give the model its weights: ${path} ${complaints.join('; ')}`,
    fix: 'Save the whole model again',
  });
}
