import { CantripError } from '@cantrip/errors';
import { matchesName, type NamePattern, namesOfLayers, residualBlocks } from '@cantrip/plugin-kit';
import type { layers, LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** A batch normalisation that has a gamma, which is private in its type. */
export type Norm = Layer & { readonly gamma: LayerVariable };

interface Symbolic {
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
}

/** Layers between the last normalisation of a branch and its end. Where their input is 0, their output is 0. */
const passing = new Set([
  ...['Activation', 'ReLU', 'LeakyReLU', 'ELU', 'ThresholdedReLU', 'Multiply', 'Reshape', 'Permute'],
  ...['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'GaussianDropout', 'AlphaDropout', 'GaussianNoise'],
  ...['AveragePooling1D', 'AveragePooling2D', 'MaxPooling1D', 'MaxPooling2D', 'ZeroPadding2D', 'Cropping2D'],
]);

/** @throws CantripError MODEL_INVALID if no branch of a residual block ends in a batch normalisation with a gamma */
export function lastNorms(who: string, model: LayersModel): readonly Norm[] {
  const ends = residualBlocks(model).map(({ output }) => lastNorm(output as unknown as Symbolic));
  const norms = ends.filter((norm): norm is Norm => norm !== undefined && hasGamma(norm));
  if (norms.length > 0) return [...new Set(norms)];
  throw new CantripError('MODEL_INVALID', {
    who,
    what: `needs a residual block whose branch ends in a batch normalisation with a gamma, but ${ends.length === 0 ? 'the model has no residual block' : `none of the ${ends.length} blocks has one`}`,
    fix: 'Name the normalisations in norms, or remove it',
  });
}

/** @throws CantripError OPTION_INVALID if a pattern matches no batch normalisation with a gamma */
export function namedNorms(
  who: string,
  model: LayersModel,
  patterns: readonly NamePattern[],
): readonly Norm[] {
  const all = [...namesOfLayers(model as { layers: Layer[] })].filter(
    (entry): entry is [Norm, string] => isNorm(entry[0]) && hasGamma(entry[0]),
  );
  const chosen = patterns.map((pattern) => all.filter(([, name]) => matchesName(pattern, name)));
  const unused = chosen.findIndex((found) => found.length === 0);
  if (unused === -1) return [...new Set(chosen.flat().map(([norm]) => norm))];
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `norms[${unused}] ${String(patterns[unused])} matches no batch normalisation with a gamma`,
    fix: `These are ${all.map(([, name]) => name).join(', ') || 'none'}`,
  });
}

function lastNorm({ sourceLayer: layer, nodeIndex }: Symbolic): Layer | undefined {
  if (isNorm(layer)) return layer;
  const { outputs } = layer as Partial<LayersModel>;
  if (outputs) return outputs.length === 1 ? lastNorm(outputs[0] as unknown as Symbolic) : undefined;
  const node = layer.inboundNodes[nodeIndex];
  if (!node || !passing.has(layer.getClassName())) return undefined;
  for (const input of node.inputTensors) {
    const found = lastNorm(input as unknown as Symbolic);
    if (found) return found;
  }
  return undefined;
}

const isNorm = (layer: Layer): boolean =>
  layer.getClassName() === 'BatchNormalization' || ('movingMean' in layer && 'movingVariance' in layer);

/** With `scale: false` there is none. */
const hasGamma = (layer: Layer): layer is Norm => Boolean((layer as Partial<Norm>).gamma);
