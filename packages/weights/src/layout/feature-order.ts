import { heldLayers } from '@cantrip/plugin-kit';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** A tensor of the graph of a model. */
export interface Symbolic {
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
  readonly shape: readonly (number | null)[];
}

/** Of each nested model its own outputs, and of its input layers what they get from outside. */
export type Links = ReadonlyMap<Layer, readonly Symbolic[]>;

/**
 * How PyTorch counts the features of a tensor, which is another order behind a flattened image: there the channels come
 * first. A shape is that of the image, channels last; undefined is the same order as here.
 */
export type FeatureOrder = readonly number[] | undefined;

/** What stands in the way of knowing the order. */
export class UnknownOrder extends Error {}

/** Layers that leave the order of the features as it is, and the place of the channels. */
const passing = new Set([
  ...[
    'Dropout',
    'SpatialDropout1D',
    'AlphaDropout',
    'GaussianDropout',
    'GaussianNoise',
    'Activation',
    'Softmax',
  ],
  ...[
    'ReLU',
    'LeakyReLU',
    'PReLU',
    'ELU',
    'ThresholdedReLU',
    'Masking',
    'BatchNormalization',
    'LayerNormalization',
  ],
]);

/** Layers that need the same order in each of their inputs, and keep it. */
const merging = new Set(['Add', 'Multiply', 'Average', 'Maximum', 'Minimum']);

/** Layers whose outputs are counted alike, whatever the order of their inputs. */
const mixing =
  /^(Dense|Dot|Embedding|.*Conv[123]D(Transpose)?|.*Pooling[123]D|UpSampling2D|ZeroPadding2D|Cropping2D|(Simple)?RNN|GRU|LSTM|ConvRNN2D|ConvLSTM2D|Bidirectional)$/;

/** Layers of images, whose channels come first in PyTorch. */
const ofImages = /^(.*Conv[123]D(Transpose)?|.*Pooling[123]D|UpSampling2D|ZeroPadding2D|Cropping2D)$/;

/** The links of all models in a model. */
export function linksOf(model: Layer): Links {
  const links = new Map<Layer, readonly Symbolic[]>();
  for (const nested of [...heldLayers(model)].filter(isModel)) {
    if (nested === model) continue;
    links.set(nested, nested.outputs as unknown as Symbolic[]);
    const inputs = nested.inputs as unknown as Symbolic[];
    for (const [at, { sourceLayer }] of inputs.entries()) {
      // The first node is the model itself.
      const given = nested.inboundNodes
        .map(({ inputTensors }) => inputTensors[at] as unknown as Symbolic)
        .filter((tensor) => tensor.sourceLayer !== sourceLayer);
      if (given.length > 0) links.set(sourceLayer, given);
    }
  }
  return links;
}

const isModel = (layer: Layer): layer is LayersModel & Layer => 'layers' in layer && 'outputs' in layer;

/**
 * The order of the features that a layer gets.
 *
 * @throws UnknownOrder
 */
export function featureOrder(layer: Layer, links: Links): FeatureOrder {
  return common(
    layer.inboundNodes.flatMap(({ inputTensors }) => inputTensors as unknown as Symbolic[]),
    layer,
    links,
  );
}

function common(tensors: readonly Symbolic[], layer: Layer, links: Links): FeatureOrder {
  const orders = tensors.map((tensor) => orderOf(tensor, links));
  if (new Set(orders.map(String)).size > 1)
    throw new UnknownOrder(`${layer.name} gets images that are flattened in several ways`);
  return orders[0];
}

function orderOf(tensor: Symbolic, links: Links): FeatureOrder {
  const { sourceLayer: layer } = tensor;
  const className = layer.getClassName();
  const linked = links.get(layer);
  if (linked) {
    // Of a nested model its own output of that number; of its input what it gets from outside, in each call.
    if (className !== 'InputLayer') return orderOf(linked[tensor.tensorIndex]!, links);
    return common(linked, layer, links);
  }
  if (className === 'InputLayer') return undefined;
  const inputs = inputsOf(tensor);
  if (className === 'Flatten') return orderOfFlattened(layer, inputs[0]!, links);
  if (passing.has(className) || merging.has(className)) return common(inputs, layer, links);
  if (className === 'TimeDistributed') return orderInSteps(layer, inputs, links);
  if (mixing.test(className)) return undefined;
  // Reshape, Permute, Concatenate, RepeatVector and layers of the user.
  const isMoved = inputs.some((input) =>
    input.shape.length > 2 ? placeOfChannels(input, links) === 'first' : orderOf(input, links) !== undefined,
  );
  if (isMoved)
    throw new UnknownOrder(`${layer.name}, a layer of ${className}, moves the numbers of an image`);
  return undefined;
}

function orderInSteps(layer: Layer, inputs: readonly Symbolic[], links: Links): FeatureOrder {
  const className = (layer as unknown as { readonly layer: Layer }).layer.getClassName();
  if (passing.has(className)) return common(inputs, layer, links);
  if (mixing.test(className)) return undefined;
  throw new UnknownOrder(`${layer.name} moves numbers in each step, with ${className}`);
}

function orderOfFlattened(layer: Layer, input: Symbolic, links: Links): FeatureOrder {
  const sizes = input.shape.slice(1);
  const { dataFormat } = layer as unknown as { readonly dataFormat?: string };
  const place = placeOfChannels(input, links);
  // It moves the channels to the end before it flattens.
  const isMoved = dataFormat === 'channelsFirst';
  if (place === 'first' && isMoved)
    throw new UnknownOrder(`${layer.name} turns an image whose channels are last`);
  const channels = isMoved ? 0 : sizes.length - 1;
  const others = sizes.filter((_, axis) => axis !== channels);
  if (sizes[channels] === 1 || others.every((size) => size === 1)) return undefined;
  if (place === 'same' && !isMoved) return undefined;
  if (place === 'unknown')
    throw new UnknownOrder(`PyTorch may have the axes of ${input.sourceLayer.name} in another order`);
  if (sizes.some((size) => size === null))
    throw new UnknownOrder(`${layer.name} flattens images of any size`);
  return [...others, sizes[channels]] as number[];
}

/**
 * Where PyTorch has the channels of a tensor whose channels are last here: `first`, or at the `same` place. Of a tensor
 * whose channels are first here too, `same`.
 */
function placeOfChannels(tensor: Symbolic, links: Links): 'first' | 'same' | 'unknown' {
  const { sourceLayer: layer } = tensor;
  const className = layer.getClassName();
  const linked = links.get(layer);
  if (linked)
    return placeOfChannels(className === 'InputLayer' ? linked[0]! : linked[tensor.tensorIndex]!, links);
  if ((layer as unknown as { readonly dataFormat?: string }).dataFormat === 'channelsFirst') return 'same';
  if (ofImages.test(className)) return 'first';
  // An image; but a sequence may have its features last in PyTorch, or first for a convolution.
  if (className === 'InputLayer') return tensor.shape.length > 3 ? 'first' : 'unknown';
  if (passing.has(className) || merging.has(className) || className === 'Concatenate') {
    const places = new Set(inputsOf(tensor).map((input) => placeOfChannels(input, links)));
    return places.size === 1 ? [...places][0]! : 'unknown';
  }
  return mixing.test(className) ? 'same' : 'unknown';
}

function inputsOf({ sourceLayer, nodeIndex }: Symbolic): readonly Symbolic[] {
  return sourceLayer.inboundNodes[nodeIndex]!.inputTensors as unknown as Symbolic[];
}

/**
 * Refuses outputs that are made into an image, because PyTorch makes one whose channels come first of them.
 *
 * @throws UnknownOrder
 */
export function requireNoImage(layer: Layer): void {
  for (const { outboundLayer: next } of layer.outboundNodes) {
    const className = next.getClassName();
    if (isModel(next)) {
      for (const { sourceLayer } of next.inputs as unknown as Symbolic[]) requireNoImage(sourceLayer);
    } else if (className === 'Reshape') {
      const sizes = (next.outputShape as (number | null)[]).slice(1);
      const isImage = sizes.length > 2 && sizes.at(-1) !== 1 && sizes.slice(0, -1).some((size) => size !== 1);
      if (isImage) throw new UnknownOrder(`${next.name} makes an image of its outputs`);
    } else if (passing.has(className)) requireNoImage(next);
  }
}

/** Whether PyTorch has the channels of what a layer gets first. */
export function getsImage(layer: Layer, links: Links): boolean {
  return layer.inboundNodes.some(
    ({ inputTensors }) => placeOfChannels(inputTensors[0] as unknown as Symbolic, links) === 'first',
  );
}
