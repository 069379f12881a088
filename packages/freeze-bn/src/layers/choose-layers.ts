import { CantripError, describe } from '@cantrip/errors';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import type { FoundLayer } from './batch-norm-layers.ts';
import { normsBefore } from './layers-before.ts';

type Layer = layers.Layer;

/**
 * Selects batch normalisations: a name, a glob (`*`, `?`), a regular expression, a layer, or a function `(name,
 * layer) => boolean`. `{ upTo: layer }` selects all before that layer in the model's graph.
 */
export type LayerSelector =
  string | RegExp | Layer | ((name: string, layer: Layer) => boolean) | { readonly upTo: string | Layer };

/**
 * The layers that match one of the selectors, by name or path. Each selector must match at least one layer.
 *
 * @throws CantripError OPTION_INVALID, listing the batch normalisations that the model has
 */
export function chooseLayers(
  who: string,
  model: LayersModel,
  all: readonly FoundLayer[],
  selectors: readonly LayerSelector[],
): FoundLayer[] {
  const chosen = new Set<FoundLayer>();
  for (const selector of selectors) {
    const matching = isUpTo(selector)
      ? (normsBefore(model, selector.upTo, all) ?? [])
      : all.filter(matcherOf(selector));
    if (matching.length === 0) throw noneMatches(who, selector, all);
    matching.forEach((found) => chosen.add(found));
  }
  return all.filter((found) => chosen.has(found));
}

/** Whether a value can select layers. */
export function isLayerSelector(value: unknown): value is LayerSelector {
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'function' || value instanceof RegExp || isLayer(value)) return true;
  return (
    isUpTo(value) &&
    ((typeof value.upTo === 'string' && value.upTo !== '') || isLayer(value.upTo)) &&
    Object.keys(value).length === 1
  );
}

function isUpTo(value: unknown): value is { readonly upTo: string | Layer } {
  return typeof value === 'object' && value !== null && 'upTo' in value;
}

/** Checks properties, because a class check would fail for a second copy of tfjs-layers. */
function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'getClassName' in value && 'apply' in value;
}

function matcherOf(selector: Exclude<LayerSelector, { upTo: unknown }>): (found: FoundLayer) => boolean {
  if (isLayer(selector)) return ({ layer }) => (layer as unknown) === selector;
  const pattern = typeof selector === 'string' ? globPattern(selector) : selector;
  // search() always starts at index 0; test() of a global pattern continues after the last match.
  return ({ layer, path }) =>
    [layer.name, path].some((name) =>
      typeof pattern === 'function' ? pattern(name, layer as unknown as Layer) : name.search(pattern) !== -1,
    );
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function noneMatches(who: string, selector: LayerSelector, all: readonly FoundLayer[]): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `layers: no batch normalisation ${isUpTo(selector) ? 'comes before' : 'matches'} ${nameOf(selector)}`,
    fix: `Choose from the batch normalisations of the model: ${all.map(({ path }) => path).join(', ')}`,
  });
}

function nameOf(selector: LayerSelector): string {
  if (selector instanceof RegExp) return String(selector);
  if (isUpTo(selector)) return nameOf(selector.upTo);
  return isLayer(selector) ? selector.name : describe(selector);
}
