import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CantripError, describe } from '@cantrip/errors';
import type { ModelFunction } from '../contract/run.ts';
import type { BuiltModel } from './built-model.ts';
import { layersModelParts } from './layers-model.ts';
import { nameVariables } from './layers/parameter-names.ts';
import { refusedByLayers } from './repairs/refused-by-layers.ts';
import { correctDeclaredShapes } from './repairs/declared-shapes.ts';

/** A LayersModel, or a function that creates a model. The function may be async, e.g. to load a model. */
export type ModelOption =
  LayersModel | (() => LayersModel | ModelFunction | Promise<LayersModel | ModelFunction>);

/**
 * Builds the model of a run.
 *
 * @throws CantripError MODEL_INVALID if it is neither a LayersModel nor a function, or has no variables
 */
export async function buildModel(option: ModelOption): Promise<BuiltModel> {
  const before = new Set(Object.values(tf.engine().registeredVariables));
  const source = await sourceOf(option);
  if (isLayersModel(source)) return requireVariables(layersModelParts(source));
  if (typeof source !== 'function') {
    throw new CantripError('MODEL_INVALID', {
      who: 'createTrainer',
      what: `model must return a tf.LayersModel or a function of the inputs, got ${describe(source)}`,
      fix: 'Write model: () => tf.sequential(…), or model: () => (inputs, { training, random }) => outputs',
    });
  }
  // In the order of their creation: an object's own order puts names that are numbers first.
  const made = Object.values(tf.engine().registeredVariables)
    .filter((variable) => !before.has(variable))
    .sort((a, b) => a.id - b.id);
  return requireVariables(functionModelParts(source, made));
}

/** Models that are built meanwhile get correct shapes. */
async function sourceOf(option: ModelOption): Promise<LayersModel | ModelFunction> {
  if (typeof option !== 'function') return option;
  const undo = correctDeclaredShapes();
  try {
    return await option();
  } catch (error) {
    throw refusedByLayers(error);
  } finally {
    undo();
  }
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
    call: source,
    penalties: () => [],
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

/**
 * Whether a value is a LayersModel. An instanceof check would fail for a second copy of tfjs-layers, so this checks
 * its methods.
 */
export function isLayersModel(value: unknown): value is LayersModel {
  return (
    typeof value === 'object' &&
    value !== null &&
    'layers' in value &&
    'apply' in value &&
    'outputNames' in value &&
    'trainableWeights' in value
  );
}
