import { CantripError, type Check, checkArgument, parseOptions } from '@cantrip/errors';
import { rebuildModel } from '@cantrip/plugin-kit';
import { layers, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import * as v from 'valibot';
import { Blur2D } from './blur-layer.ts';
import { unstrided } from './unstrided.ts';

type Layer = layers.Layer;

export interface BlurpoolOptions {
  /** Whether strided convolutions read blurred images; true by default. */
  readonly convolutions?: boolean | undefined;
  /**
   * Whether the blur stands before a strided convolution, which is cheap; true by default. With false, the convolution
   * moves by 1, and its results are blurred with the stride, as in the paper.
   */
  readonly blurFirst?: boolean | undefined;
  /** Whether the results of max pools are blurred before rows and columns are left out; true by default. */
  readonly pools?: boolean | undefined;
  /** Convolutions that read fewer channels, such as the first one, stay as they are. 16 by default. */
  readonly minChannels?: number | undefined;
}

export const blurpoolSchema: v.GenericSchema<
  BlurpoolOptions,
  { convolutions: boolean; blurFirst: boolean; pools: boolean; minChannels: number }
> = v.strictObject({
  convolutions: v.optional(v.boolean(), true),
  blurFirst: v.optional(v.boolean(), true),
  pools: v.optional(v.boolean(), true),
  minChannels: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 16),
});

/** What is read of a layer that makes images smaller. */
interface Strided {
  readonly strides: number | readonly number[];
  readonly poolSize: readonly [number, number];
  readonly padding: 'valid' | 'same';
  readonly dataFormat?: 'channelsFirst' | 'channelsLast';
}

/**
 * Builds a model that blurs images before it makes them smaller. A strided convolution reads blurred images, or with
 * `blurFirst: false` its results are blurred. A max pool moves by 1, and its result is blurred with the stride. Weights are
 * those of the given model, which still works. An activation of a convolution itself runs before the blur of its results.
 *
 * @throws CantripError OPTION_INVALID; MODEL_INVALID if no layer changes; MODEL_NOT_REBUILT
 * @example
 * ```ts
 * const smoother = addBlurpool(model, { minChannels: 8 });
 * ```
 */
export function addBlurpool(model: LayersModel, options: BlurpoolOptions = {}): LayersModel {
  return withBlurs('addBlurpool', model, options);
}

/**
 * Does it for the function or the plugin named in errors.
 *
 * @param shared - receives the layers of the given model whose variables a new layer has too
 */
export function withBlurs(
  who: string,
  model: LayersModel,
  options: BlurpoolOptions,
  shared: Layer[] = [],
): LayersModel {
  const { convolutions, blurFirst, pools, minChannels } = parseOptions(who, blurpoolSchema, options);
  checkArgument(who, 'model', modelCheck, model);
  const changed = rebuildModel(who, model, (layer: Layer, path) => {
    const name = path.split('/').at(-1)!;
    if (convolutions && channelsRead(layer) >= minChannels && isStrided(layer)) {
      const strides = blurFirst ? ([1, 1] as const) : stridesOf(layer);
      const blur = new Blur2D({ name: `${name}_blur`, strides, ...formatOf(layer) });
      if (blurFirst) return (next, inputs) => next(blur.apply(inputs) as SymbolicTensor);
      const dense = unstrided(who, layer);
      shared.push(layer);
      return (_, inputs) => blur.apply(dense.apply(inputs) as SymbolicTensor) as SymbolicTensor;
    }
    if (!pools || layer.getClassName() !== 'MaxPooling2D' || !isStrided(layer)) return undefined;
    const { poolSize, padding } = layer as unknown as Strided;
    const pool = layers.maxPooling2d({
      poolSize: [...poolSize] as [number, number],
      strides: [1, 1],
      padding,
      name: layer.name,
      ...formatOf(layer),
    });
    const blur = new Blur2D({ name: `${name}_blur`, strides: stridesOf(layer), ...formatOf(layer) });
    return (_, inputs) => blur.apply(pool.apply(inputs) as SymbolicTensor) as SymbolicTensor;
  });
  if (changed !== model) return changed;
  throw new CantripError('MODEL_INVALID', {
    who,
    what: `needs a strided max pool, or a strided convolution that reads at least ${minChannels} channels, but the model has none`,
    fix: 'Lower minChannels, or remove it',
  });
}

const modelCheck: Check<LayersModel> = (value) =>
  Array.isArray((value as Partial<LayersModel> | undefined)?.layers) ? undefined : 'must be a LayersModel';

/** The channels that a convolution reads; 0 for other layers. */
const channelsRead = (layer: Layer): number =>
  ['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'].includes(layer.getClassName())
    ? ((layer.weights[0]?.shape[2] as number | undefined) ?? 0)
    : 0;

function stridesOf(layer: Layer): readonly [number, number] {
  const { strides } = layer as unknown as Strided;
  return typeof strides === 'number' ? [strides, strides] : [strides[0]!, strides[1]!];
}

const isStrided = (layer: Layer): boolean => Math.max(...stridesOf(layer)) > 1;

function formatOf(layer: Layer): Pick<Strided, 'dataFormat'> {
  const { dataFormat } = layer as unknown as Strided;
  return dataFormat ? { dataFormat } : {};
}
