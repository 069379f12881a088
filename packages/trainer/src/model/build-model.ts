import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CantripError, describe } from '@cantrip/errors';
import type { ModelFunction } from '../contract/run.ts';
import type { BuiltModel } from './built-model.ts';
import { isLayersModel } from './is-layers-model.ts';
import { layersModelParts, readyLayers } from './layers-model.ts';
import { nameVariables } from './layers/parameter-names.ts';
import { refusedByLayers } from './repairs/refused-by-layers.ts';
import { correctDeclaredShapes } from './repairs/declared-shapes.ts';

/** A LayersModel, or a function that creates a model. The function may be async, e.g. to load a model. */
export type ModelOption =
  LayersModel | (() => LayersModel | ModelFunction | Promise<LayersModel | ModelFunction>);

type Source = LayersModel | ModelFunction;

/**
 * Changes a model before its variables are named.
 *
 * @param made - the variables of the model that were created with it
 */
type Transform = (model: Source, made: readonly tf.Variable[]) => Source;

/**
 * Builds the model of a run.
 *
 * @throws CantripError MODEL_INVALID if it is neither a LayersModel nor a function, or has no variables
 */
export async function buildModel(option: ModelOption, transform: Transform): Promise<BuiltModel> {
  const before = new Set(Object.values(tf.engine().registeredVariables));
  // In the order of their creation: an object's own order puts names that are numbers first.
  const madeNow = (): tf.Variable[] =>
    Object.values(tf.engine().registeredVariables)
      .filter((variable) => !before.has(variable))
      .sort((a, b) => a.id - b.id);
  const given = await withShapes(async () => (typeof option === 'function' ? option() : option));
  requireModel(given);
  if (isLayersModel(given)) readyLayers(given);
  const source = await withShapes(async () => transform(given, ofModel(given, madeNow())));
  if (isLayersModel(source)) return requireVariables(layersModelParts(source));
  return requireVariables(functionModelParts(source, madeNow()));
}

/** Other code may create variables while an async model function waits. Those of a LayersModel are known. */
function ofModel(model: Source, made: readonly tf.Variable[]): readonly tf.Variable[] {
  if (!isLayersModel(model)) return made;
  const own = new Set(model.weights.map((weight) => weight.read() as tf.Variable));
  return made.filter((variable) => own.has(variable));
}

function requireModel(source: unknown): void {
  if (isLayersModel(source) || typeof source === 'function') return;
  throw new CantripError('MODEL_INVALID', {
    who: 'createTrainer',
    what: `model must return a tf.LayersModel or a function of the inputs, got ${describe(source)}`,
    fix: 'Write model: () => tf.sequential(…), or model: () => (inputs, { training, random }) => outputs',
  });
}

/** Models that are built meanwhile get correct shapes. */
async function withShapes(make: () => Promise<Source>): Promise<Source> {
  const undo = correctDeclaredShapes();
  try {
    return await make();
  } catch (error) {
    throw refusedTwice(refusedByLayers(error));
  } finally {
    undo();
  }
}

/** TensorFlow.js does not say why a name is taken: mostly by the same model of an earlier trainer. */
function refusedTwice(error: unknown): unknown {
  const name =
    error instanceof Error && /^Variable with name (.+) was already registered$/.exec(error.message);
  if (!name) return error;
  return new CantripError('MODEL_INVALID', {
    who: 'createTrainer',
    what: `model creates a variable ${describe(name[1])}, but there is one of that name already`,
    fix: 'A model stays after trainer.dispose(). Call tf.dispose(run.variables) when you are done with it, with the run of trainer.open(), or choose another name',
    cause: error,
  });
}

function functionModelParts(source: ModelFunction, made: readonly tf.Variable[]): BuiltModel {
  const variables = nameVariables(made);
  return {
    source,
    variables,
    // Variables created by hand already have names.
    roles: {},
    trainable: () =>
      Object.fromEntries(Object.entries(variables).filter(([, variable]) => variable.trainable)),
    identity: () => '',
    call: (inputs, { training, random }) => source(inputs, { training, random }),
    penalties: () => [],
    constrain: () => undefined,
    endStep: () => undefined,
    fuse: () => () => undefined,
    repair: () => () => undefined,
    seedLayers: () => () => undefined,
    watchLayers: () => () => undefined,
    states: () => ({}),
    setStates: () => undefined,
    ownValues: () => [],
  };
}

function requireVariables(model: BuiltModel): BuiltModel {
  if (Object.keys(model.variables).length > 0) return model;
  throw new CantripError('MODEL_INVALID', {
    who: 'createTrainer',
    what: 'model must have at least one variable, got none',
    fix: 'Create the variables inside model: () => …, so that the trainer finds them',
  });
}
