import type { LayerCall } from '../interpose-call.ts';
import { inputOf } from './input-of.ts';
import type { layers } from '@tensorflow/tfjs-layers';

/** Leaves images as they are outside of training, as Keras does; tfjs-layers draws a width then too. */
export function randomWidth(_: layers.Layer, next: LayerCall): LayerCall {
  return (inputs, kwargs) => (kwargs['training'] ? next(inputs, kwargs) : inputOf(inputs));
}
