import { stableName } from '@cantrip/plugin-kit';
import type { LayersModel, LayerVariable, layers } from '@tensorflow/tfjs-layers';

/** A batch normalisation layer, with the fields that are private in its type. */
export interface BatchNormLayer {
  readonly name: string;
  call: layers.Layer['call'];
  /** The axis of the channels; may be negative. */
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  /** Absent with `scale: false`. */
  readonly gamma?: LayerVariable;
  /** Absent with `center: false`. */
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/** A layer and the names by which it can be chosen. */
export interface NamedLayer {
  readonly layer: layers.Layer;
  /** The name with the models around it in front, the same in every process: `backbone/batch_normalization_2`. */
  readonly path: string;
  /** The models and wrappers around it, the outermost first. */
  readonly around: readonly layers.Layer[];
}

/** A batch normalisation and its names. */
export interface FoundLayer extends Omit<NamedLayer, 'layer'> {
  readonly layer: BatchNormLayer;
}

/** The batch normalisations of a model in the order of its layers, those of nested models and wrappers included. */
export function batchNormLayers(model: LayersModel): FoundLayer[] {
  const found = new Map<object, FoundLayer>();
  for (const named of allLayers(model)) {
    if (isBatchNorm(named.layer) && !found.has(named.layer))
      found.set(named.layer, named as unknown as FoundLayer);
  }
  return [...found.values()];
}

/** Every layer of a model, each before what it holds. */
export function* allLayers(
  holder: object,
  prefix = '',
  around: readonly layers.Layer[] = [],
): Generator<NamedLayer> {
  const counts = new Map<string, number>();
  for (const layer of heldBy(holder)) {
    const path = prefix + stableName(layer, counts);
    yield { layer, path, around };
    if (!isBatchNorm(layer)) yield* allLayers(layer, `${path}/`, [...around, layer]);
  }
}

/** A model has `layers`, a wrapper such as `timeDistributed` has a `layer`. */
function heldBy(holder: object): readonly layers.Layer[] {
  const inner = (holder as { layers?: readonly layers.Layer[] }).layers ?? [];
  return 'layer' in holder ? [...inner, holder.layer as layers.Layer] : inner;
}

function isBatchNorm(layer: layers.Layer): boolean {
  return (
    layer.getClassName() === 'BatchNormalization' || ('movingMean' in layer && 'movingVariance' in layer)
  );
}
