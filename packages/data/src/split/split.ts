import { fromSource, originOf } from '../dataset/from-source.ts';
import type { Dataset } from '../source/dataset.ts';
import { selection } from '../source/source.ts';
import type { Label } from './labels-of.ts';
import { positionsOfSplit, type SplitPositionsOptions } from './split-positions.ts';
import { targetClasses } from '../source/target-classes.ts';
import { refuseSampled } from '../source/refuse-sampled.ts';

export interface SplitOptions extends Omit<SplitPositionsOptions, 'stratify'> {
  /** `true` for the classes of the targets, or the class of each example. Each part has about the same shares. */
  readonly stratify?: boolean | Iterable<Label>;
}

/**
 * Splits a dataset into two, with the same batch options. Use `rebatch` for the validation part.
 *
 * `stratify` gives both parts the same shares of each class. `groups` keeps all examples of a group in one part.
 *
 * @throws CantripError OPTION_INVALID if a part would be empty or a class is too small; SHAPE_MISMATCH
 * @example
 * ```ts
 * const [train, validation] = split(dataset, { first: 0.9, seed: 1, stratify: true });
 * train.size + validation.size === dataset.size; // true
 * ```
 */
export function split(dataset: Dataset, options: SplitOptions): [Dataset, Dataset] {
  const origin = originOf('split', dataset);
  refuseSampled('split', origin.source);
  const all = selection(origin.source);
  const parts = positionsOfSplit('split', all.length, withClasses('split', origin.source, options));
  const part = (positions: Uint32Array): Dataset =>
    fromSource(
      { ...origin.source, selected: positions.map((position) => all[position]!) },
      { ...origin, who: 'split' },
    );
  return [part(parts[0]), part(parts[1])];
}

/** Replaces `stratify: true` by the classes of the targets. */
export function withClasses(who: string, source: Parameters<typeof selection>[0], options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const { stratify, ...rest } = options as { readonly stratify?: unknown };
  if (stratify === false || stratify === undefined) return Array.isArray(options) ? options : rest;
  return stratify === true ? { ...rest, stratify: targetClasses(who, source) } : options;
}
