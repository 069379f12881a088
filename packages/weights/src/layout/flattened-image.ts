import type { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

interface Symbolic {
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
  readonly shape: readonly (number | null)[];
}

/** Layers that leave the order of the numbers as it is. */
const passing = new Set([
  ...['Dropout', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise', 'Activation'],
  ...['ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU', 'Masking'],
]);

/**
 * The shape of the image, channels last, that a dense layer gets flattened; undefined if it gets none. PyTorch flattens
 * images with the channels first.
 */
export function flattenedImage(dense: Layer): readonly number[] | undefined {
  const flatten = before(dense, (layer) => !passing.has(layer.getClassName()));
  if (flatten?.getClassName() !== 'Flatten') return undefined;
  const shape = inputOf(flatten)?.shape.slice(1) ?? [];
  const { dataFormat } = flatten as { readonly dataFormat?: string };
  if (shape.length < 2 || shape.some((size) => size === null)) return undefined;
  const sizes = shape as number[];
  // It moves the channels to the end before it flattens.
  if (dataFormat === 'channelsFirst') return [...sizes.slice(1), sizes[0]!];
  const image = before(flatten, (layer) => 'dataFormat' in layer) as { dataFormat?: string } | undefined;
  return image?.dataFormat === 'channelsFirst' ? undefined : sizes;
}

function before(layer: Layer, wanted: (layer: Layer) => boolean): Layer | undefined {
  const source = inputOf(layer)?.sourceLayer;
  return source === undefined || wanted(source) ? source : before(source, wanted);
}

function inputOf(layer: Layer): Symbolic | undefined {
  return layer.inboundNodes[0]?.inputTensors[0] as unknown as Symbolic | undefined;
}
