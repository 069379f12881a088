import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import { namedLayers } from '@cantrip/plugin-kit';
import { correctedShape, declaredShapes } from './declared-shapes.ts';

interface Options {
  readonly dataFormat?: string;
  readonly dilationRate?: readonly number[];
  readonly cropToAspectRatio?: boolean;
  readonly outputMode?: string;
  readonly useBias?: boolean;
}

/**
 * Options that tfjs-layers accepts but ignores or gets wrong, by class. Each returns what is wrong with a layer's
 * options.
 */
const ignored: Readonly<Record<string, (layer: Options) => string | undefined>> = {
  CategoryEncoding: ({ outputMode }) =>
    outputMode === 'tfIdf' ? `outputMode 'tfIdf', but a layer cannot keep its weights` : undefined,
  DepthwiseConv2D: ({ dilationRate }) =>
    dilationRate?.some((rate) => rate !== 1)
      ? `dilationRate ${dilationRate.join(', ')}, but this layer ignores it`
      : undefined,
  Conv1D: ({ dataFormat }) =>
    dataFormat === 'channelsFirst'
      ? `dataFormat 'channelsFirst', but this layer returns channels last`
      : undefined,
  SeparableConv2D: ({ dataFormat, useBias }) =>
    dataFormat === 'channelsFirst' && useBias
      ? `dataFormat 'channelsFirst', but this layer adds the bias along the wrong axis`
      : undefined,
  Resizing: ({ cropToAspectRatio }) =>
    cropToAspectRatio ? 'cropToAspectRatio, but this layer ignores it' : undefined,
};

/**
 * Refuses layers that would not compute what their options say.
 *
 * @throws CantripError MODEL_INVALID
 */
export function refuseLayers(model: LayersModel): void {
  for (const [name, layer] of namedLayers(model)) {
    const wrong = ignored[layer.getClassName()]?.(layer as layers.Layer & Options);
    if (wrong === undefined) continue;
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `layer ${name} of TensorFlow.js has ${wrong}`,
      fix: 'Remove the option, or use another layer',
    });
  }
  for (const { layer, given, declared } of declaredShapes(model)) {
    const right = correctedShape(layer, given);
    // If a layer changed the array that it received, both shapes are the same array.
    if (right && given !== declared && String(right) === String(declared)) continue;
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `layer ${layer.name} was built with the output shape [${declared.join(', ')}], but it produces another shape`,
      fix: 'Build or load the model in model: () => …, where the trainer corrects such shapes',
    });
  }
}
