import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layers/interpose-call.ts';

/** The one input of a layer, which tfjs-layers gives in a list at times. */
export const inputOf = (inputs: Tensor | Tensor[]): Tensor => (Array.isArray(inputs) ? inputs[0]! : inputs);

/** A layer that hands the list itself to an op, which takes it for numbers. */
export const withoutList = (_: layers.Layer, next: LayerCall): LayerCall => {
  return (inputs, kwargs) => next(inputOf(inputs), kwargs);
};
