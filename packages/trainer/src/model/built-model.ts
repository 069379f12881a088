import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { OwnValues } from '@cantrip/core-tensor-gpu';
import { CantripError, describe } from '@cantrip/errors';
import type { NamedTensors, NamedVariables } from '@cantrip/optimizers';
import type { Tensors } from '../contract/plugin.ts';
import type { ModelContext, ModelFunction } from '../contract/run.ts';
import type { Endings } from './endings.ts';
import { layersModelParts } from './layers-model.ts';
import { nameVariables } from './parameter-names.ts';
import { refusedByLayers } from './repairs/refused-by-layers.ts';
import { correctDeclaredShapes } from './repairs/declared-shapes.ts';

/** A model as the step sees it, whatever it was made of. */
export interface BuiltModel {
  readonly source: LayersModel | ModelFunction;
  readonly variables: NamedVariables;
  /** The names of the variables without the numbers that make them unique; only of those that have one. */
  readonly roles: Readonly<Record<string, string>>;
  trainable(): NamedVariables;
  /** Changes when another variable takes the place of one, so that what was recorded with the old one is not used. */
  identity(): string;
  call(inputs: Tensors, context: ModelContext): Tensors;
  /** What regularizers add to the loss. */
  penalties(): readonly tf.Scalar[];
  /** After each update: what layers demand of their weights, e.g. a maximum norm; and frees what they kept for it. */
  endStep(): void;
  /** Lets layers train with fused ops; returns how to undo it. */
  fuse(): () => void;
  /** Lets layers train that tfjs-layers refuses in training; returns how to undo it. */
  repair(): () => void;
  /** Lets dropout and noise layers draw from the context's streams in training; returns how to undo it. */
  seedLayers(): () => void;
  /** Lets messages say which layer they are about; returns how to undo it. */
  watchLayers(): () => void;
  /** What stateful layers hold between two batches, by name. */
  states(): NamedTensors;
  /** Gives them copies of these, of all names. */
  setStates(states: NamedTensors): void;
  /** Plain values that its layers keep on themselves. */
  ownValues(): readonly OwnValues[];
  /** Shapes of the outputs by name, where they are known without a call; -1 stands for the batch. */
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
  /** What the outputs have been through last, where that is known. */
  readonly endings?: Endings;
  /** Shapes of the inputs likewise. */
  readonly inputShapes?: Readonly<Record<string, readonly number[]>>;
}

/** A LayersModel, or a function that makes a model; it may be asynchronous, e.g. load it. */
export type ModelOption =
  LayersModel | (() => LayersModel | ModelFunction | Promise<LayersModel | ModelFunction>);

/**
 * Builds the model of a run.
 *
 * @throws CantripError MODEL_INVALID when it is neither a LayersModel nor a function, or has nothing to train
 */
export async function buildModel(option: ModelOption): Promise<BuiltModel> {
  const before = new Set(Object.values(tf.engine().registeredVariables));
  const source = await sourceOf(option);
  if (isLayersModel(source)) return requireVariables(layersModelParts(source));
  if (typeof source !== 'function') {
    throw new CantripError('MODEL_INVALID', {
      who: 'createTrainer',
      what: `model must give a tf.LayersModel or a function of the inputs, got ${describe(source)}`,
      fix: 'Write model: () => tf.sequential(…), or model: () => (inputs, { training, random }) => outputs',
    });
  }
  // In the order in which they were made: an object's own order puts names that are numbers first.
  const made = Object.values(tf.engine().registeredVariables)
    .filter((variable) => !before.has(variable))
    .sort((a, b) => a.id - b.id);
  return requireVariables(functionModelParts(source, made));
}

/** Models that are built in the meantime have the right shapes. */
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
    // Variables that are made by hand have names of their own.
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
    what: 'model has no variables',
    fix: 'Make its variables inside model: () => …, so that the trainer finds them',
  });
}

/** A class check would fail for a second copy of tfjs-layers, so this looks at what a LayersModel can do. */
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
