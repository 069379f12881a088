import { type Check, checkArgument } from '@cantrip/errors';
import { type NamedLayer, stableName } from './stable-name.ts';

/** A model, whose layers may be models too. */
export interface LayerList<L extends NamedLayer = NamedLayer> {
  readonly layers: readonly L[];
}

/** Checks for a model. */
export const layerListCheck: Check<LayerList> = (value) =>
  Array.isArray((value as Partial<LayerList> | null | undefined)?.layers)
    ? undefined
    : 'must be a LayersModel';

/**
 * The names of all layers of a model, as the trainer's names of variables begin: `conv2d_1`, and `inner/conv2d_1` in a
 * nested model. A model that is nested in two places has the name of the first.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * [...namesOfLayers(model).values()]; // ['input_1', 'inner', 'inner/conv2d_1', 'dense_1']
 * ```
 */
export function namesOfLayers<L extends NamedLayer>(model: LayerList<L>): ReadonlyMap<L, string> {
  checkArgument('namesOfLayers', 'model', layerListCheck, model);
  return new Map(named(model, ''));
}

function named<L extends NamedLayer>(
  model: LayerList<L>,
  prefix: string,
  seen = new Set<L>(),
): [L, string][] {
  const counts = new Map<string, number>();
  return model.layers.flatMap((layer) => {
    // Counted even if it was seen, as the trainer does.
    const name = prefix + stableName(layer, counts);
    if (seen.has(layer)) return [];
    seen.add(layer);
    const own: [L, string] = [layer, name];
    return 'layers' in layer && Array.isArray(layer.layers)
      ? [own, ...named(layer as unknown as LayerList<L>, `${name}/`, seen)]
      : [own];
  });
}
