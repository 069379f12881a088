import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { withAugment } from './check-augment.ts';
import { type BatchOptions, parseBatchOptions } from './dataset-options.ts';
import type { Dataset } from '../source/dataset.ts';
import { shuffleInPlace } from '@cantrip/ops';
import { fromSource, originOf } from './from-source.ts';
import { withPadTarget } from '../source/pad-values.ts';
import { requireList } from '../source/require-list.ts';
import { exampleCount, type Source } from '../source/source.ts';

/**
 * Returns the first `count` examples of a dataset, with the same batch options. The arrays are shared, not copied.
 *
 * @throws CantripError OPTION_INVALID if there are fewer than `count`
 * @example
 * ```ts
 * take(dataset, 1000).size; // 1000
 * ```
 */
export function take(dataset: Dataset, count: number): Dataset {
  const { source, prefetch } = originOf('take', dataset);
  if (!Number.isSafeInteger(count) || count < 1 || count > dataset.size) {
    throw outOfRange(
      'take',
      'count',
      `must be an integer in [1, ${dataset.size}]`,
      count,
      `Set count to an integer in [1, ${dataset.size}]`,
    );
  }
  const selected = selection(source).slice(0, count);
  return fromSource({ ...source, selected }, { who: 'take', prefetch });
}

/**
 * Returns the examples of a dataset at these positions, in this order, with the same batch options. The arrays are
 * shared, not copied.
 *
 * @param positions - integers in [0, dataset.size); a position may be repeated
 * @throws CantripError OPTION_INVALID, or DATA_EMPTY if there are no positions
 * @example
 * ```ts
 * subset(dataset, [4, 0]).size; // 2
 * ```
 */
export function subset(dataset: Dataset, positions: Iterable<number>): Dataset {
  const { source, prefetch } = originOf('subset', dataset);
  requireList('subset', 'positions', positions);
  const all = selection(source);
  const selected = Uint32Array.from(positions, (position) => {
    const example = Number.isSafeInteger(position) ? all[position] : undefined;
    if (example !== undefined) return example;
    throw outOfRange(
      'subset',
      'positions',
      `must hold integers in [0, ${all.length})`,
      position,
      `Use positions in [0, ${all.length}), counted from 0`,
    );
  });
  if (selected.length === 0) {
    throw new CantripError('DATA_EMPTY', {
      who: 'subset',
      what: 'positions must hold at least one number, got none',
      fix: 'Pass at least one position',
    });
  }
  return fromSource({ ...source, selected }, { who: 'subset', prefetch });
}

export interface SplitOptions {
  /** The size of the first part: a number of examples if it is 1 or more, a share of them if it is between 0 and 1. */
  readonly first: number;
  /** The seed of random parts: the same seed gives the same parts. Without it the examples keep their order. */
  readonly seed?: number;
}

const splitSchema = v.strictObject({
  first: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  seed: v.optional(v.custom<number>(Number.isSafeInteger, 'must be a safe integer')),
});

/**
 * Splits a dataset into two, with the same batch options. Use `rebatch` for the validation part.
 *
 * @throws CantripError OPTION_INVALID if a part would be empty
 * @example
 * ```ts
 * const [train, validation] = split(dataset, { first: 0.9, seed: 1 });
 * train.size + validation.size === dataset.size; // true
 * ```
 */
export function split(dataset: Dataset, options: SplitOptions): [Dataset, Dataset] {
  const { source, prefetch } = originOf('split', dataset);
  const { first, seed } = parseOptions('split', splitSchema, options);
  const count = first < 1 ? Math.round(first * dataset.size) : first;
  if (!Number.isSafeInteger(count) || count < 1 || count >= dataset.size) {
    throw outOfRange(
      'split',
      'first',
      `must leave at least one of the ${dataset.size} examples in both parts`,
      first,
      `Set first to a share in (0, 1), or to a number of examples in [1, ${dataset.size - 1}]`,
    );
  }
  const order = selection(source);
  if (seed !== undefined) shuffleInPlace(order, { seed, stream: 'split', step: 0 });
  const part = (selected: Uint32Array) => fromSource({ ...source, selected }, { who: 'split', prefetch });
  return [part(order.slice(0, count)), part(order.slice(count))];
}

/**
 * Returns the same examples in other batches, for validation or another batch size. They are neither shuffled nor
 * augmented, unless the options say so. The batch size stays the same by default. The arrays are shared, not copied.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DATA_EMPTY
 * @example
 * ```ts
 * rebatch(train, { batchSize: 4, shuffle: true }).batchSize; // 4
 * ```
 */
export function rebatch(dataset: Dataset, options: BatchOptions = {}): Dataset {
  const { source } = originOf('rebatch', dataset);
  const parsed = parseBatchOptions(options);
  const { batchSize = source.batchSize, shuffle, dropLast, padLast, augment, prefetch } = parsed;
  const plain = source.inputs.map((input) => ({ ...input, augment: [] }));
  const inputs = withAugment(plain, augment);
  const targets = padLast ? withPadTarget('rebatch', source.targets, parsed) : source.targets;
  const batches = { batchSize, shuffle, dropLast, padLast };
  return fromSource({ ...source, inputs, targets, ...batches }, { who: 'rebatch', prefetch });
}

function selection(source: Source): Uint32Array {
  return source.selected?.slice() ?? Uint32Array.from({ length: exampleCount(source) }, (_, index) => index);
}

function outOfRange(
  who: string,
  name: string,
  expected: string,
  received: unknown,
  fix: string,
): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} ${expected}, got ${describe(received)}`,
    fix,
  });
}
