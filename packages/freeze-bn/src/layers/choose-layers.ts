import { CantripError, describe } from '@cantrip/errors';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import type { FoundLayer } from './batch-norm-layers.ts';
import { normsBefore } from './layers-before.ts';

type Layer = layers.Layer;

/**
 * Which batch normalisations: a name or a glob (`*`, `?`) of it, a pattern, the layer itself, a function of both, or
 * all those that stand before a layer in the model's graph.
 */
export type LayerSelector =
  string | RegExp | Layer | ((name: string, layer: Layer) => boolean) | { readonly upTo: string | Layer };

/**
 * The layers that one of the selectors matches, by their own name or by their path; each selector must match.
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

/** A class check would fail for a second copy of tfjs-layers. */
function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && 'getClassName' in value && 'apply' in value;
}

function matcherOf(selector: Exclude<LayerSelector, { upTo: unknown }>): (found: FoundLayer) => boolean {
  if (isLayer(selector)) return ({ layer }) => (layer as unknown) === selector;
  const pattern = typeof selector === 'string' ? globPattern(selector) : selector;
  // Unlike test(), search() does not go on from where the last match of a global pattern ended.
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
    what: `layers: no batch normalisation ${isUpTo(selector) ? 'stands before' : 'matches'} ${nameOf(selector)}`,
    fix: `The model has ${all.map(({ path }) => path).join(', ')}`,
  });
}

function nameOf(selector: LayerSelector): string {
  if (selector instanceof RegExp) return String(selector);
  if (isUpTo(selector)) return nameOf(selector.upTo);
  return isLayer(selector) ? selector.name : describe(selector);
}
