import { CantripError } from '@cantrip/errors';
import type { Parameter } from '@cantrip/plugin-kit';
import type { layers } from '@tensorflow/tfjs-layers';
import { codes } from '../error-codes.ts';
import {
  featureOrder,
  type FeatureOrder,
  getsImage,
  type Links,
  requireNoImage,
  UnknownOrder,
} from './feature-order.ts';
import type { WeightLayout } from './weight-layout.ts';

type Layer = layers.Layer;

const convolutions = new Set(['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose']);
/** Their weights have a number for each feature. */
const featureWise = new Set(['PReLU', 'LayerNormalization', 'BatchNormalization']);

/**
 * PyTorch's layout of a parameter, by the class of its layer and by what the layer gets.
 *
 * @throws CantripError WEIGHTS_LAYOUT for a layer without a rule, because a wrong guess would go unnoticed
 */
export function torchLayout(who: string, parameter: Parameter<Layer>, links: Links): WeightLayout {
  const { name, layer } = parameter;
  try {
    const layout = layoutOf(parameter, links);
    if (layout) return layout;
  } catch (error) {
    if (!(error instanceof UnknownOrder)) throw error;
    throw noRule(who, `cannot tell PyTorch's order of ${name}: ${error.message}`);
  }
  throw noRule(
    who,
    `has no rule for PyTorch's layout of ${name}, a weight of ${innermost(layer).getClassName()}`,
  );
}

function layoutOf({ layer, weight }: Parameter<Layer>, links: Links): WeightLayout | undefined {
  const { shape } = weight as Layer['weights'][number];
  const own = innermost(layer);
  const className = own.getClassName();
  const kind = weight.originalName.split('/').at(-1);
  if (isRecurrent(own)) return undefined;
  if (className === 'Dense') {
    requireNoImage(layer);
    return shape.length < 2 ? 'same' : behind(featureOrder(layer, links), 'matrix');
  }
  if (featureWise.has(className)) {
    if (shape.length > 1 && className === 'LayerNormalization' && getsImage(layer, links))
      throw new UnknownOrder('it normalises images, whose channels come first there');
    if (shape.length > 1 || inputRank(layer) > 2) return 'same';
    requireNoImage(layer);
    return behind(featureOrder(layer, links), 'same');
  }
  if (shape.length < 2 || className === 'Embedding') return 'same';
  if (convolutions.has(className) || (className === 'SeparableConv2D' && kind === 'pointwise_kernel'))
    return 'convolution';
  return className === 'DepthwiseConv2D' || className === 'SeparableConv2D' ? 'depthwise' : undefined;
}

const behind = (image: FeatureOrder, layout: WeightLayout): WeightLayout =>
  image === undefined ? layout : { flattened: image };

const inputRank = (layer: Layer): number =>
  Math.max(...layer.inboundNodes.map(({ inputShapes }) => (inputShapes[0] as readonly unknown[]).length));

function noRule(who: string, what: string): CantripError {
  const fix = 'Give layout as a function that returns a layout for each name';
  return new CantripError(codes.WEIGHTS_LAYOUT, { who, what, fix });
}

/** Of a wrapper such as timeDistributed, the layer in it. */
function innermost(layer: Layer): Layer {
  const { layer: held } = layer as { readonly layer?: Layer };
  return layer.getClassName() === 'TimeDistributed' && held ? innermost(held) : layer;
}

/** PyTorch has two biases for the one here, and other orders of gates. */
const isRecurrent = (layer: Layer): boolean => 'cell' in layer || 'cells' in layer || 'forwardLayer' in layer;
