import { CantripError, describe } from '@cantrip/errors';
import { namesOfLayers, parametersOf } from '@cantrip/plugin-kit';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputShapesOf } from './input-shapes.ts';
import { countOf, isModel, type Layer, type LayerCall, layerCalls, type Shape } from './layer-calls.ts';
import { flopsOf } from './layer-flops.ts';
import { readSummaryOptions, type SummaryOptions } from './summary-options.ts';

export type { Shape, SummaryOptions };

/** One layer of a model; of a model that is a function, one variable. */
export interface LayerSummary {
  /** The name that the trainer uses, e.g. `conv2d_1`, or `inner/conv2d_1` in a nested model. */
  readonly name: string;
  /** The class of the layer, e.g. `Conv2D`. */
  readonly kind: string;
  /** How often the layer is called in one pass. A shared layer is called more than once. */
  readonly calls: number;
  /** The shape of each output of each call. A size that is not known is null. */
  readonly outputShapes: readonly Shape[];
  /** The numbers in the variables of the layer. Those that an earlier layer has too are not counted again. */
  readonly parameters: number;
  /** How many of them are trained. The others are frozen, or statistics. */
  readonly trained: number;
  /** FLOPs of all calls together; undefined if they are not known. */
  readonly flops: number | undefined;
  readonly weightBytes: number;
  /** The bytes of the outputs of all calls; undefined if a size is not known. */
  readonly activationBytes: number | undefined;
}

/** What a model is made of. */
export interface ModelSummary {
  /** In the order of the model's list of layers. The layers of a nested model stand in its place. */
  readonly layers: readonly LayerSummary[];
  /** The number of examples that FLOPs and memory are of. */
  readonly batchSize: number;
  readonly parameters: number;
  readonly trained: number;
  /** Those that are not trained: frozen ones, and statistics such as `movingMean`. */
  readonly frozen: number;
  /** FLOPs of one forward pass, of the layers whose FLOPs are known. */
  readonly flops: number;
  readonly weightBytes: number;
  /** The outputs of all layers but the inputs, where their sizes are known. Training keeps most of them for the gradients. */
  readonly activationBytes: number;
  /** Names of the layers whose FLOPs are not known. Then `flops` is too small. */
  readonly unknownFlops: readonly string[];
  /** Names of the layers with an output whose size is not known. Then `activationBytes` is too small. */
  readonly unknownSizes: readonly string[];
}

/**
 * What a LayersModel is made of: its layers with output shapes, parameters, FLOPs and memory.
 *
 * Nothing is computed, so no device is needed. A FLOP is one multiplication or one addition in a product: a convolution, a
 * dense or recurrent layer or `dot`. So a multiply-add is 2 FLOPs, as in PyTorch's `FlopCounterMode`; fvcore and torchinfo
 * count it as 1. Biases, activations, pooling and normalization are not counted. A training step takes about three times
 * the FLOPs of this forward pass.
 *
 * @throws CantripError OPTION_INVALID; MODEL_INVALID if the model has no shapes yet
 * @example
 * ```ts
 * const model = sequential({ layers: [layers.dense({ units: 10, inputShape: [784] })] });
 * const { parameters, flops } = modelSummary(model); // 7850, 15680
 * console.log(formatSummary(modelSummary(model, { batchSize: 32 })));
 * ```
 */
export function modelSummary(model: LayersModel, options: SummaryOptions = {}): ModelSummary {
  requireLayersModel(model);
  const { batchSize: wanted, inputShapes, flops: own = {} } = readSummaryOptions('modelSummary', options);
  const { shapes, batchSize } = inputShapesOf(model, { batchSize: wanted, inputShapes });
  const calls = layerCalls(model, shapes);
  const parameters = parametersByLayer(model);
  const rows = [...namesOfLayers<Layer>(model as unknown as { readonly layers: readonly Layer[] })]
    .filter(([layer]) => !isModel(layer))
    .map(([layer, name]) => rowOf(layer, name, { calls: calls.get(layer) ?? [], own, ...parameters(layer) }));
  return { ...totalsOf(rows), batchSize };
}

interface Found extends Pick<LayerSummary, 'parameters' | 'trained' | 'weightBytes'> {
  readonly calls: readonly LayerCall[];
  readonly own: NonNullable<SummaryOptions['flops']>;
}

function rowOf(layer: Layer, name: string, { calls, own, ...parameters }: Found): LayerSummary {
  const kind = layer.getClassName();
  const ofCall = (call: LayerCall): number | undefined =>
    Object.hasOwn(own, kind) ? ownFlops(kind, own[kind]!(call)) : flopsOf(layer, call);
  const outputShapes = calls.flatMap(({ outputs }) => outputs);
  return {
    name,
    kind,
    calls: calls.length,
    outputShapes,
    ...parameters,
    flops: total(calls.map(ofCall)),
    activationBytes: kind === 'InputLayer' ? 0 : bytesOf(outputShapes),
  };
}

function ownFlops(kind: string, flops: unknown): number {
  if (typeof flops === 'number' && flops >= 0 && Number.isFinite(flops)) return flops;
  throw new CantripError('OPTION_INVALID', {
    who: 'modelSummary',
    what: `flops.${kind} must return a number of at least 0, got ${describe(flops)}`,
    fix: 'Return the FLOPs of one call of the layer',
  });
}

/** The parameters of each layer, each counted where it comes first. */
function parametersByLayer(
  model: LayersModel,
): (layer: Layer) => Pick<LayerSummary, 'parameters' | 'trained' | 'weightBytes'> {
  const all = parametersOf(model as unknown as { readonly layers: readonly Layer[] });
  const trainedOnes = new Set<object>(model.trainableWeights.map((weight) => weight.read()));
  return (layer) => {
    const own = all.filter((one) => one.layer === layer).map(({ weight }) => weight.read());
    const sizes = own.map((variable) => ({ variable, size: variable.size }));
    const sum = (list: typeof sizes): number => list.reduce((all, { size }) => all + size, 0);
    return {
      parameters: sum(sizes),
      trained: sum(sizes.filter(({ variable }) => trainedOnes.has(variable))),
      weightBytes: own.reduce((bytes, { size, dtype }) => bytes + size * (dtype === 'bool' ? 1 : 4), 0),
    };
  };
}

/** Values of 4 bytes, as all types of TensorFlow.js but bool have. */
export function bytesOf(shapes: readonly Shape[]): number | undefined {
  const counted = total(shapes.map(countOf));
  return counted === undefined ? undefined : 4 * counted;
}

function total(parts: readonly (number | undefined)[]): number | undefined {
  return parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    0,
  );
}

/** The sums over the rows. */
export function totalsOf(layers: readonly LayerSummary[]): Omit<ModelSummary, 'batchSize'> {
  const sum = (key: 'parameters' | 'trained' | 'flops' | 'weightBytes' | 'activationBytes'): number =>
    layers.reduce((all, layer) => all + (layer[key] ?? 0), 0);
  const unknown = (key: 'flops' | 'activationBytes'): string[] =>
    layers.filter((layer) => layer[key] === undefined).map(({ name }) => name);
  return {
    layers,
    parameters: sum('parameters'),
    trained: sum('trained'),
    frozen: sum('parameters') - sum('trained'),
    flops: sum('flops'),
    weightBytes: sum('weightBytes'),
    activationBytes: sum('activationBytes'),
    unknownFlops: unknown('flops'),
    unknownSizes: unknown('activationBytes'),
  };
}

function requireLayersModel(model: unknown): void {
  const { layers, trainableWeights } = (model ?? {}) as Partial<LayersModel>;
  if (Array.isArray(layers) && Array.isArray(trainableWeights)) return;
  throw new CantripError('MODEL_INVALID', {
    who: 'modelSummary',
    what: `model must be a LayersModel, got ${describe(model)}`,
    fix:
      typeof model === 'function'
        ? 'Use functionSummary for a model that is a function'
        : 'Pass what tf.sequential or tf.model returned',
  });
}
