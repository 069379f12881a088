import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensors } from '@cantrip/optimizers';
import { namedLayers } from './parameter-names.ts';

/** As much of a recurrent layer as is needed. */
interface Stateful {
  readonly stateful?: boolean;
  states_?: tf.Tensor[] | null;
}

/** What stateful recurrent layers hold between two batches, by layer and number: `lstm_1/state_1`. */
export function layerStates(model: LayersModel): NamedTensors {
  return Object.fromEntries(
    statefulLayers(model).flatMap(([name, { states_ }]) =>
      (states_ ?? []).map((state, index) => [stateName(name, index), state] as const),
    ),
  );
}

/** Gives such layers copies of these states, which must be of all names that {@link layerStates} gives. */
export function setLayerStates(model: LayersModel, states: NamedTensors): void {
  for (const [name, layer] of statefulLayers(model)) {
    const before = layer.states_ ?? [];
    layer.states_ = before.map((_, index) => tf.keep(tf.clone(states[stateName(name, index)]!)));
    tf.dispose(before);
  }
}

function statefulLayers(model: LayersModel): readonly (readonly [string, Stateful])[] {
  return [...namedLayers(model)]
    .map(([name, layer]) => [name, layer as unknown as Stateful] as const)
    .filter(([, { stateful }]) => stateful === true);
}

const stateName = (layer: string, index: number): string => `${layer}/state_${index + 1}`;
