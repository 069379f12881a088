import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';
import { interposeCall, type LayerCall } from '../layers/interpose-call.ts';
import { categoryEncoding } from './category-encoding.ts';
import { centerCrop } from './center-crop.ts';
import { causalConvolution, dilatedConvolution } from './convolutions.ts';
import { withoutList } from './input-of.ts';
import { callsAs } from './layer-class.ts';
import { layerNormalization, softmaxAlong } from './normalizations.ts';
import { randomWidth } from './random-width.ts';

type Repair = (layer: layers.Layer, next: LayerCall) => LayerCall;

/** Repairs by class, for layers whose call fails in training. Where the stock call works, the numbers stay the same. */
const repairs: Readonly<Record<string, Repair>> = {
  CategoryEncoding: categoryEncoding,
  CenterCrop: centerCrop,
  Conv1D: causalConvolution,
  Conv2D: dilatedConvolution,
  LayerNormalization: layerNormalization,
  RandomWidth: randomWidth,
  Resizing: withoutList,
  Softmax: softmaxAlong,
};

/**
 * Makes layers trainable that tfjs-layers refuses to train, or whose ops have no gradient.
 *
 * @returns a function that undoes it
 */
export function repairLayers(model: LayersModel): () => void {
  const undos = [...namedLayers(model)].map(([, layer]) => {
    const name = layer.getClassName();
    const repair = repairs[name];
    return repair && callsAs(layer, name)
      ? interposeCall(layer, (next) => repair(layer, next))
      : () => undefined;
  });
  return () => undos.forEach((undo) => undo());
}
