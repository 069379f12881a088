import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layers/interpose-call.ts';

/** The single input of a layer. tfjs-layers sometimes passes it in an array. */
export const inputOf = (inputs: Tensor | Tensor[]): Tensor => (Array.isArray(inputs) ? inputs[0]! : inputs);

/** Unwraps the input of a layer that would pass the array itself to an op, which reads it as numbers. */
export const withoutList = (_: layers.Layer, next: LayerCall): LayerCall => {
  return (inputs, kwargs) => next(inputOf(inputs), kwargs);
};
