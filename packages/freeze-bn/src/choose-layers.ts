import { CantripError, describe } from '@cantrip/errors';
import type { FoundLayer } from './batch-norm-layers.ts';

/** A name, a glob (`*`, `?`), a pattern, or a function of the name. */
export type LayerSelector = string | RegExp | ((name: string) => boolean);

/**
 * The layers that one of the selectors matches, by their own name or by their path; each selector must match.
 *
 * @throws CantripError OPTION_INVALID, listing the batch normalisations that the model has
 */
export function chooseLayers(
  who: string,
  all: readonly FoundLayer[],
  selectors: readonly LayerSelector[],
): FoundLayer[] {
  const chosen = new Set<FoundLayer>();
  for (const selector of selectors) {
    const matching = all.filter(({ layer, path }) => [layer.name, path].some(matcherOf(selector)));
    if (matching.length === 0) throw noneMatches(who, selector, all);
    matching.forEach((found) => chosen.add(found));
  }
  return all.filter((found) => chosen.has(found));
}

function matcherOf(selector: LayerSelector): (name: string) => boolean {
  if (typeof selector === 'function') return selector;
  const pattern = typeof selector === 'string' ? globPattern(selector) : selector;
  // Unlike test(), search() does not go on from where the last match of a global pattern ended.
  return (name) => name.search(pattern) !== -1;
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

function noneMatches(who: string, selector: LayerSelector, all: readonly FoundLayer[]): CantripError {
  const wanted = selector instanceof RegExp ? String(selector) : describe(selector);
  return new CantripError('OPTION_INVALID', {
    who,
    what: `layers: no batch normalisation matches ${wanted}`,
    fix: `The model has ${all.map(({ path }) => path).join(', ')}`,
  });
}
