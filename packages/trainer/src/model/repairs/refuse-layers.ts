import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import { namedLayers } from '../layers/parameter-names.ts';
import { correctedShape, declaredShapes } from './declared-shapes.ts';

interface Options {
  readonly dataFormat?: string;
  readonly dilationRate?: readonly number[];
  readonly cropToAspectRatio?: boolean;
  readonly outputMode?: string;
  readonly useBias?: boolean;
}

/** Options that tfjs-layers takes and does not follow, by class: what is wrong with this layer's. */
const ignored: Readonly<Record<string, (layer: Options) => string | undefined>> = {
  CategoryEncoding: ({ outputMode }) =>
    outputMode === 'tfIdf' ? `outputMode 'tfIdf', whose weights a layer can not keep` : undefined,
  DepthwiseConv2D: ({ dilationRate }) =>
    dilationRate?.some((rate) => rate !== 1)
      ? `dilationRate ${dilationRate.join(', ')}, which its layer does not follow`
      : undefined,
  Conv1D: ({ dataFormat }) =>
    dataFormat === 'channelsFirst'
      ? `dataFormat 'channelsFirst', with which its layer takes channels first and gives them last`
      : undefined,
  SeparableConv2D: ({ dataFormat, useBias }) =>
    dataFormat === 'channelsFirst' && useBias
      ? `dataFormat 'channelsFirst', with which its layer adds the bias along the wrong axis`
      : undefined,
  Resizing: ({ cropToAspectRatio }) =>
    cropToAspectRatio ? 'cropToAspectRatio, with which its layer crops nothing' : undefined,
};

/**
 * Refuses layers that would not compute what they say.
 *
 * @throws CantripError MODEL_INVALID
 */
export function refuseLayers(model: LayersModel): void {
  for (const [name, layer] of namedLayers(model)) {
    const wrong = ignored[layer.getClassName()]?.(layer as layers.Layer & Options);
    if (wrong === undefined) continue;
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `TensorFlow.js gave layer ${name} ${wrong}`,
      fix: 'Leave the option out, or use another layer',
    });
  }
  for (const { layer, given, declared } of declaredShapes(model)) {
    const right = correctedShape(layer, given);
    // A layer that changed the shape it was given has one and the same list twice.
    if (right && given !== declared && String(right) === String(declared)) continue;
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `layer ${layer.name} was built with an output of shape [${declared.join(', ')}], which is not what it gives`,
      fix: 'Build or load the model in model: () => …, where such shapes are put right',
    });
  }
}
