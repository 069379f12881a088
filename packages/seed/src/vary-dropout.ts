import { CantripError, describe } from '@cantrip/errors';

/** The part of a `LayersModel`, or of a layer that contains layers, that is used here. */
export interface LayerTree {
  readonly layers?: readonly object[];
}

interface Dropout {
  seed?: number;
  call(inputs: unknown, kwargs: unknown): unknown;
}

/**
 * Makes dropout layers that have a `seed` draw a new mask at every call, until the returned function is called.
 *
 * `layers.dropout({ rate, seed })` restarts its generator at every call, so it drops the same units in every
 * training step. This function makes such a layer draw from `Math.random`, like a layer without a seed. Use it with
 * {@link seedEverything} to get repeatable results. The layer's configuration keeps its seed.
 *
 * You need this only in your own loop: a trainer gives every dropout layer its own random stream.
 *
 * @param model - a `LayersModel`; layers of nested models and of wrappers are included
 * @returns a function that undoes it
 * @throws CantripError MODEL_INVALID
 * @example
 * ```ts
 * const undo = varyDropout(sequential({ layers: [layers.dropout({ rate: 0.5, seed: 7, inputShape: [4] })] }));
 * undo();
 * ```
 */
export function varyDropout(model: LayerTree): () => void {
  requireLayers(model);
  const undos = [...layersIn(model)].filter(hasOwnSeed).map(varyOne);
  return () => undos.splice(0).forEach((undo) => undo());
}

function requireLayers(model: LayerTree): void {
  const { layers } = (model as LayerTree | null | undefined) ?? {};
  if (Array.isArray(layers)) return;
  throw new CantripError('MODEL_INVALID', {
    who: 'varyDropout',
    what: `needs a model with layers, got ${describe(model)}`,
    fix: 'Pass a LayersModel, for example from sequential()',
  });
}

function varyOne(layer: Dropout): () => void {
  const call = layer.call;
  const own = Object.getOwnPropertyDescriptor(layer, 'call');
  layer.call = (inputs, kwargs) => {
    const { seed } = layer;
    delete layer.seed;
    try {
      return call.call(layer, inputs, kwargs);
    } finally {
      layer.seed = seed!;
    }
  };
  return () => {
    if (own) Object.defineProperty(layer, 'call', own);
    else Reflect.deleteProperty(layer, 'call');
  };
}

function hasOwnSeed(layer: object): layer is Dropout {
  return 'rate' in layer && 'seed' in layer && layer.seed !== undefined && layer.seed !== null;
}

function layersIn(tree: LayerTree, found: Set<object> = new Set()): Set<object> {
  const wrapped = 'layer' in tree ? [tree.layer as object] : [];
  for (const layer of [...(tree.layers ?? []), ...wrapped]) {
    if (found.has(layer)) continue;
    found.add(layer);
    layersIn(layer, found);
  }
  return found;
}
