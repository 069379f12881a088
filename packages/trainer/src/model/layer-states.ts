import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensors } from '@cantrip/optimizers';
import { namedLayers } from '@cantrip/plugin-kit';
import { freeKeptStates } from './kept-states.ts';

/** The fields of a recurrent layer that are needed here. */
interface Stateful {
  readonly stateful?: boolean;
  states_?: tf.Tensor[] | null;
}

/** The fields of models and wrappers that hold other layers. */
interface Holding {
  readonly layers?: readonly object[];
  readonly layer?: object;
  readonly forwardLayer?: object;
  readonly backwardLayer?: object;
}

/**
 * Returns the states that stateful recurrent layers keep between two batches, by layer and number: `lstm_1/state_1`.
 */
export function layerStates(model: LayersModel): NamedTensors {
  return Object.fromEntries(
    statefulLayers(model).flatMap(([name, { states_ }]) =>
      (states_ ?? []).map((state, index) => [stateName(name, index), state] as const),
    ),
  );
}

/**
 * Sets the states of these layers to copies of the given ones, which must have exactly the names of {@link
 * layerStates}. If one layer refuses its state, none is changed.
 */
export function setLayerStates(model: LayersModel, states: NamedTensors): void {
  const changes = statefulLayers(model).map(([name, layer]) => {
    const before = layer.states_ ?? [];
    const after = before.map((_, index) => tf.keep(tf.clone(states[stateName(name, index)]!)));
    return { layer, before, after };
  });
  let changed = 0;
  try {
    for (const { layer, after } of changes) {
      layer.states_ = after;
      changed += 1;
    }
  } catch (error) {
    for (const { layer, before } of changes.slice(0, changed)) layer.states_ = before;
    tf.dispose(changes.map(({ after }) => after));
    throw error;
  }
  tf.dispose(changes.map(({ before }) => before));
  freeKeptStates(model);
}

function statefulLayers(model: LayersModel): readonly (readonly [string, Stateful])[] {
  // This is asked before each step, and naming the layers of a deep model is slow.
  if (!isStateful(model)) return [];
  return [...namedLayers(model)]
    .map(([name, layer]) => [name, layer as unknown as Stateful] as const)
    .filter(([, { stateful }]) => stateful === true);
}

/** Whether a layer is stateful, or one that it holds. */
function isStateful(holder: object): boolean {
  const { stateful, layers, layer, forwardLayer, backwardLayer } = holder as Stateful & Holding;
  if (stateful === true) return true;
  if (Array.isArray(layers)) return layers.some(isStateful);
  return [layer, forwardLayer, backwardLayer].some((held) => held !== undefined && isStateful(held));
}

const stateName = (layer: string, index: number): string => `${layer}/state_${index + 1}`;
