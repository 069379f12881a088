import { CantripError, type Check, checkArgument, parseOptions } from '@cantrip/errors';
import { namesOfLayers, rebuildModel } from '@cantrip/plugin-kit';
import type { layers, LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { blockOfLayers } from './block-of-layers.ts';
import { channelsOf } from './channels-of.ts';
import { type SqueezeExciteOptions, squeezeExciteSchema } from './squeeze-excite-options.ts';

type Layer = layers.Layer;
type Chosen = (layer: Layer, name: string) => boolean;

/**
 * Builds a model with a squeeze-and-excitation block behind each convolution that has enough channels. It uses the layers
 * of the given model, and so the same weights; the given model still works.
 *
 * The blocks are stock layers: `conv2d_2_squeeze` and `conv2d_2_excite` have the new weights. A convolution with an
 * activation gets its block behind the activation. A layer that is called twice has one block.
 *
 * @throws CantripError OPTION_INVALID; MODEL_INVALID if no layer gets a block, or one that makes no images;
 *   MODEL_NOT_REBUILT
 * @example
 * ```ts
 * const excited = addSqueezeExcite(model, { latentChannels: 1 / 16, minChannels: 32 });
 * ```
 */
export function addSqueezeExcite(model: LayersModel, options: SqueezeExciteOptions = {}): LayersModel {
  return withBlocks('addSqueezeExcite', model, options);
}

/** Does it for the function or the plugin named in errors. */
export function withBlocks(who: string, model: LayersModel, options: SqueezeExciteOptions): LayersModel {
  const { latentChannels, ...choice } = parseOptions(who, squeezeExciteSchema, options);
  checkArgument(who, 'model', modelProblem, model);
  const isChosen = choose(who, model, choice);
  return rebuildModel(who, model, (layer, name) => {
    if (!isChosen(layer, name)) return undefined;
    let block: ReturnType<typeof blockOfLayers> | undefined;
    return (next) => {
      const x = next();
      block ??= blockOfLayers(partsOf(who, layer, name, x, latentChannels));
      return block(x as SymbolicTensor);
    };
  });
}

const modelProblem: Check<LayersModel> = (value) =>
  Array.isArray((value as Partial<LayersModel> | undefined)?.layers) ? undefined : 'must be a LayersModel';

function choose(
  who: string,
  model: LayersModel,
  { minChannels, layers }: { readonly minChannels: number; readonly layers?: readonly string[] | undefined },
): Chosen {
  const names = namesOfLayers<Layer>(model);
  if (layers) {
    const unknown = layers.find((name) => ![...names.values()].includes(name));
    if (unknown === undefined) return (_, name) => layers.includes(name);
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `layers must name layers of the model, got ${unknown}`,
      fix: `Use names such as ${[...names.values()].slice(0, 3).join(', ')}`,
    });
  }
  const most = Math.max(0, ...[...names.keys()].map((layer) => channelsOf(layer) ?? 0));
  if (most >= minChannels) return (layer) => (channelsOf(layer) ?? 0) >= minChannels;
  throw new CantripError('MODEL_INVALID', {
    who,
    what:
      most === 0
        ? 'needs a model with 2D convolutions, but it has none'
        : `needs a convolution that reads and makes at least ${minChannels} channels, but the widest has ${most}`,
    fix: most === 0 ? 'Remove it' : `Set minChannels to ${most} or less`,
  });
}

function partsOf(
  who: string,
  layer: Layer,
  name: string,
  x: SymbolicTensor | SymbolicTensor[],
  latentChannels: number,
): Parameters<typeof blockOfLayers>[0] {
  const { dataFormat = 'channelsLast' } = layer as { dataFormat?: 'channelsFirst' | 'channelsLast' };
  const shape = Array.isArray(x) ? [] : x.shape;
  const channels = shape[dataFormat === 'channelsLast' ? 3 : 1];
  if (shape.length !== 4 || typeof channels !== 'number') {
    throw new CantripError('MODEL_INVALID', {
      who,
      what: `needs a layer that makes images, but ${name} makes [${shape.map((size) => size ?? 'any').join(', ')}]`,
      fix: 'Leave it out of layers',
    });
  }
  const latent = latentChannels < 1 ? Math.max(1, Math.floor(latentChannels * channels)) : latentChannels;
  return { name: name.split('/').at(-1)!, channels, latent, dataFormat };
}
