import { CantripError } from '@cantrip/errors';
import type { Parameter } from '@cantrip/plugin-kit';
import type { layers } from '@tensorflow/tfjs-layers';
import { codes } from '../error-codes.ts';
import { flattenedImage } from './flattened-image.ts';
import type { WeightLayout } from './weight-layout.ts';

type Layer = layers.Layer;

const convolutions = new Set(['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose']);
/** Their weights of more than one axis are stored alike. */
const alike = new Set(['Embedding', 'PReLU', 'LayerNormalization', 'BatchNormalization']);

/**
 * PyTorch's layout of a parameter, by the class of its layer.
 *
 * @throws CantripError WEIGHTS_LAYOUT for a layer without a rule, because a wrong guess would go unnoticed
 */
export function torchLayout(who: string, { name, layer, weight }: Parameter<Layer>): WeightLayout {
  const { shape } = weight as Layer['weights'][number];
  const own = innermost(layer);
  const className = own.getClassName();
  const kind = weight.originalName.split('/').at(-1);
  if (!isRecurrent(own)) {
    if (shape.length < 2 || alike.has(className)) return 'same';
    if (convolutions.has(className) || (className === 'SeparableConv2D' && kind === 'pointwise_kernel'))
      return 'convolution';
    if (className === 'DepthwiseConv2D' || className === 'SeparableConv2D') return 'depthwise';
    if (className === 'Dense') {
      const image = own === layer ? flattenedImage(layer) : undefined;
      return image ? { flattened: image } : 'matrix';
    }
  }
  throw new CantripError(codes.WEIGHTS_LAYOUT, {
    who,
    what: `has no rule for PyTorch's layout of ${name}, a weight of ${className}`,
    fix: 'Give layout as a function that returns a layout for each name',
  });
}

/** Of a wrapper such as timeDistributed, the layer in it. */
function innermost(layer: Layer): Layer {
  const { layer: held } = layer as { readonly layer?: Layer };
  return layer.getClassName() === 'TimeDistributed' && held ? innermost(held) : layer;
}

/** PyTorch has two biases for the one here, and other orders of gates. */
const isRecurrent = (layer: Layer): boolean => 'cell' in layer || 'cells' in layer || 'forwardLayer' in layer;
