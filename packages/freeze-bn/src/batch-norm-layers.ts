import type { LayersModel, LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { stableName } from './stable-name.ts';

/** A layer of batch normalisation, with the fields that its type keeps private. */
export interface BatchNormLayer {
  readonly name: string;
  call: layers.Layer['call'];
  /** The axis of the channels; may be negative. */
  readonly axis: number;
  readonly epsilon: number;
  /** Absent with `scale: false`. */
  readonly gamma?: LayerVariable;
  /** Absent with `center: false`. */
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/** A layer and the names by which it can be chosen. */
export interface FoundLayer {
  readonly layer: BatchNormLayer;
  /** The same in every process, with the models around it in front: `backbone/batch_normalization_2`. */
  readonly path: string;
}

/** The batch normalisations of a model in the order of its layers, those of nested models and wrappers included. */
export function batchNormLayers(model: LayersModel): FoundLayer[] {
  const found = new Map<object, FoundLayer>();
  collect(model, '', found);
  return [...found.values()];
}

function collect(holder: object, prefix: string, found: Map<object, FoundLayer>): void {
  const counts = new Map<string, number>();
  for (const layer of heldBy(holder)) {
    const path = prefix + stableName(layer, counts);
    if (isBatchNorm(layer)) {
      if (!found.has(layer)) found.set(layer, { layer: layer as unknown as BatchNormLayer, path });
    } else {
      collect(layer, `${path}/`, found);
    }
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
