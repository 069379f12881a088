import { checkArgument } from '@cantrip/errors';
import { type LayerList, layerListCheck } from '../layers/names-of-layers.ts';
import { type NamedLayer, stableName } from '../layers/stable-name.ts';

/**
 * Every layer of a model once, with its stable name. Nested models are not listed, but their layers are. Layers in a
 * wrapper such as `timeDistributed` get the wrapper's name as a prefix.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * [...namedLayers(model)].map(([name]) => name); // ['input_1', 'inner/conv2d_1', 'time_distributed_1', 'time_distributed_1/dense_1']
 * ```
 */
export function namedLayers<L extends NamedLayer>(model: LayerList<L>): Iterable<readonly [string, L]> {
  checkArgument('namedLayers', 'model', layerListCheck, model);
  return withWrapped(model, '', new Set());
}

function* withWrapped<L extends NamedLayer>(
  holder: LayerList<L>,
  prefix: string,
  seen: Set<L>,
): Generator<readonly [string, L]> {
  for (const [name, layer] of leafLayers(holder, prefix)) {
    if (seen.has(layer)) continue;
    seen.add(layer);
    yield [name, layer];
    // Tfjs-layers numbers the two halves of a bidirectional layer, and does not use the layer that it wraps.
    if ('forwardLayer' in layer && 'backwardLayer' in layer) {
      yield [`${name}/forward`, layer.forwardLayer as L];
      yield [`${name}/backward`, layer.backwardLayer as L];
    } else if ('layer' in layer) yield* withWrapped({ layers: [layer.layer as L] }, `${name}/`, seen);
  }
}

/** The layers of a model and of the models in it, with their stable names; one that is used twice comes twice. */
export function* leafLayers<L extends NamedLayer>(
  { layers }: LayerList<L>,
  prefix = '',
): Generator<readonly [string, L]> {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const name = prefix + stableName(layer, counts);
    if ('layers' in layer && Array.isArray(layer.layers))
      yield* leafLayers(layer as unknown as LayerList<L>, `${name}/`);
    else yield [name, layer];
  }
}
