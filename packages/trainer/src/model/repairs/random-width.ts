import type { layers } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

/**
 * Leaves images as they are outside of training, as Keras does, where tfjs-layers draws a width too. In training its
 * output has another shape for each batch, which a step can't have.
 */
export function randomWidth(layer: layers.Layer): LayerCall {
  return (inputs, kwargs) => {
    if (!kwargs['training']) return inputOf(inputs);
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `layer ${layer.name} draws the width of its images anew for each batch, and a step has one shape`,
      fix: 'Change the width of images in the data, or take layers.resizing',
    });
  };
}
