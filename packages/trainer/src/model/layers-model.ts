import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import type { NamedVariables } from '@cantrip/optimizers';
import { isTensor, type TensorShapes } from '../contract/tensor-trees.ts';
import type { Tensors } from '../contract/batch.ts';
import type { BuiltModel } from './built-model.ts';
import { endingsOf, namedLayers } from '@cantrip/plugin-kit';
import { fuseLayers } from './fuse-layers.ts';
import { nameParameters, parameterRoles } from './layers/parameter-names.ts';
import { layersOutside } from './layers/layers-outside.ts';
import { freeKeptStates } from './kept-states.ts';
import { layerPlace } from '../hooks/current-hook.ts';
import { layerStates, setLayerStates } from './layer-states.ts';
import { ownValues } from './own-values.ts';
import { forgetAddedLosses, penaltiesOf } from './penalties.ts';
import { repairLayers } from './repairs/repair-layers.ts';
import { refuseLayers } from './repairs/refuse-layers.ts';
import { refuseUntracked } from './repairs/untracked-variables.ts';
import { seededLayers } from './seeded-layers.ts';
import { uniqueNames } from './unique-names.ts';
import { watchLayers } from './watch-layers.ts';

type Weight = LayersModel['trainableWeights'][number];

interface Constrained {
  readonly constraint: { apply(value: Tensor): Tensor } | null;
}

/** Makes the parts that the step uses from a LayersModel. */
export function layersModelParts(model: LayersModel): BuiltModel {
  readyLayers(model);
  const outputNames = uniqueNames(model.outputNames);
  const variables = nameParameters(model);
  const names = new Map(Object.entries(variables).map(([name, variable]) => [variable, name]));
  const seeded = seededLayers(model);
  const forget = forgetAddedLosses(model);
  const watched = [...namedLayers(model)].map(([name, layer]) => ownValues(layer, layerPlace(name)));
  return {
    source: model,
    variables,
    roles: parameterRoles(model),
    trainable: () => trainableOf(model, names),
    identity: () => identityOf(model),
    call: (inputs, { training, random }) =>
      seeded.during(random, () => {
        forget();
        return outputsOf(
          outputNames,
          model.apply(inputList(model, inputs), { training }) as Tensor | Tensor[],
        );
      }),
    penalties: () => penaltiesOf(model),
    constrain: () => new Set(model.trainableWeights).forEach(constrainWeight),
    endStep: () => freeKeptStates(model),
    fuse: () => fuseLayers(model),
    repair: () => repairLayers(model),
    seedLayers: seeded.install,
    watchLayers: () => watchLayers(model),
    states: () => layerStates(model),
    setStates: (states) => setLayerStates(model, states),
    ownValues: () => watched,
    inputShapes: shapesByName(model.inputNames, model.inputs),
    outputShapes: shapesByName(outputNames, model.outputs),
    endings: endingsOf(model),
  };
}

/**
 * Builds a sequential model, which knows the names of its input and output only then.
 *
 * @throws CantripError MODEL_INVALID for layers that cannot be trained
 */
export function readyLayers(model: LayersModel): void {
  refuseLayers(model);
  requireListed(model);
  if (model.getClassName() === 'Sequential' && !model.built && model.inputs.length > 0) model.build([]);
  refuseUntracked(model);
}

/** `model.layers.pop()` does not change what a model computes, but the layer would not be trained. */
function requireListed(model: LayersModel): void {
  const [outside] = layersOutside(model);
  if (!outside) return;
  throw new CantripError('MODEL_INVALID', {
    who: 'createTrainer',
    what: `the model computes with the layer ${outside.name}, which its list of layers lacks`,
    fix: 'Build another model with tf.model({ inputs, outputs }), or use model.pop() of a sequential model',
  });
}

function trainableOf(model: LayersModel, names: ReadonlyMap<Variable, string>): NamedVariables {
  return Object.fromEntries(
    model.trainableWeights.map((weight) => {
      const variable = weight.read() as Variable;
      return [names.get(variable) ?? weight.originalName, variable] as const;
    }),
  );
}

/** Sorted, because freezing a layer changes the order of its model's weights. */
function identityOf(model: LayersModel): string {
  return model.weights
    .map((weight) => weight.read().id)
    .sort((a, b) => a - b)
    .join();
}

function inputList(model: LayersModel, inputs: Tensors): Tensor | Tensor[] {
  if (isTensor(inputs)) return inputs;
  return model.inputNames.map((name) => {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (input) return input;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the model needs the input ${name}, but the batch has ${Object.keys(inputs).join(', ') || 'none'}`,
      fix: `Use the names ${model.inputNames.join(', ')} for the inputs of the batch`,
    });
  });
}

function outputsOf(names: readonly string[], outputs: Tensor | Tensor[]): Tensors {
  if (!Array.isArray(outputs)) return outputs;
  return Object.fromEntries(outputs.map((output, i) => [names[i]!, output]));
}

// TensorFlow.js applies constraints only in LayerVariable.write, which its optimizers do not call.
function constrainWeight(weight: Weight): void {
  const { constraint } = weight as unknown as Constrained;
  if (constraint) (weight.read() as Variable).assign(constraint.apply(weight.read()));
}

function shapesByName(
  names: readonly string[],
  tensors: readonly { readonly shape: readonly (number | null)[] }[],
): TensorShapes {
  return Object.fromEntries(tensors.map((tensor, i) => [names[i]!, tensor.shape.map((size) => size ?? -1)]));
}
