import type { layers } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

/**
 * Leaves images unchanged outside of training, as Keras does. tfjs-layers draws a width there too. In training it is
 * refused: its output has another shape in each batch, but all batches of a step program have one shape.
 */
export function randomWidth(layer: layers.Layer): LayerCall {
  return (inputs, kwargs) => {
    if (!kwargs['training']) return inputOf(inputs);
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `layer ${layer.name} gives images another width in each batch, but a step needs one shape for all batches`,
      fix: 'Change the width of the images in the data, or use layers.resizing',
    });
  };
}
