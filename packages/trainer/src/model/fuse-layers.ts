import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import {
  type BatchNormLayer,
  predictBatchNorm,
  predictsRightly,
  trainBatchNorm,
} from './fused-batch-norm.ts';
import { fuseActivation } from './fused-activations.ts';
import { fuseRecurrent } from './fused-recurrent.ts';
import { heldChanges } from './held-changes.ts';

type Call = layers.Layer['call'];

/**
 * Makes each batch normalisation and each `relu6` of a model train with one fused op, and GELU, LSTM and GRU compute with
 * few ops, including those in nested models and wrappers. Prediction of a batch normalisation is changed only where
 * tfjs-layers is wrong.
 *
 * @returns a function that undoes it; fusing twice must be undone twice
 */
export function fuseLayers(model: LayersModel): () => void {
  const undos = [...layersWithin(model, new Set())].flatMap((layer) =>
    isStockBatchNorm(layer)
      ? fused.hold(layer as BatchNormLayer)
      : (fuseRecurrent(layer) ?? fuseActivation(layer) ?? []),
  );
  return () => undos.forEach((undo) => undo());
}

/**
 * Inserts the fused `call` between a layer and its class, not on the layer itself. A `call` on the layer itself, such
 * as the one that freezing sets, still has priority. Both may be removed in any order.
 */
const fused = heldChanges<BatchNormLayer>((layer) => {
  const stock = Object.getPrototypeOf(layer) as { readonly call: Call };
  const call = { value: fusedCall(stock.call), configurable: true, writable: true };
  Object.setPrototypeOf(layer, Object.create(stock, { call }) as object);
  return () => void Object.setPrototypeOf(layer, stock);
});

function fusedCall(stock: Call): Call {
  return function (this: BatchNormLayer, given, kwargs) {
    const inputs = Array.isArray(given) ? (given[0] as Tensor) : given;
    if (kwargs['training']) return trainBatchNorm(this, inputs);
    return predictsRightly(this, inputs) ? stock.call(this, given, kwargs) : predictBatchNorm(this, inputs);
  };
}

/** A model has `layers`, a wrapper such as `timeDistributed` has a `layer`, and `bidirectional` has two. */
function* layersWithin(holder: object, seen: Set<object>): Generator<layers.Layer> {
  const { layers: inner, layer: wrapped, forwardLayer, backwardLayer } = holder as Partial<Holder>;
  const held = [
    ...(Array.isArray(inner) ? (inner as layers.Layer[]) : []),
    wrapped,
    forwardLayer,
    backwardLayer,
  ];
  for (const layer of held) {
    if (layer === undefined) continue;
    if (seen.has(layer)) continue;
    seen.add(layer);
    yield layer;
    yield* layersWithin(layer, seen);
  }
}

interface Holder {
  readonly layers: readonly layers.Layer[];
  readonly layer: layers.Layer;
  readonly forwardLayer: layers.Layer;
  readonly backwardLayer: layers.Layer;
}

/** Whether a layer is of tfjs-layers' own class, or of a subclass that does not change its `call`. */
function isStockBatchNorm(layer: layers.Layer): boolean {
  if (fused.has(layer as BatchNormLayer)) return true;
  let prototype = Object.getPrototypeOf(layer) as object | null;
  while (prototype && !Object.hasOwn(prototype, 'call')) {
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  const owner = Object(prototype?.constructor) as { readonly className?: unknown };
  // An instanceof check would fail for a second copy of tfjs-layers.
  return Object.hasOwn(owner, 'className') && owner.className === 'BatchNormalization';
}
