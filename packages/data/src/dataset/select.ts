import { CantripError, describe } from '@cantrip/errors';
import { withAugment } from './check-augment.ts';
import { type BatchOptions, parseBatchOptions } from './dataset-options.ts';
import type { Dataset } from '../source/dataset.ts';
import { fromSource, originOf } from './from-source.ts';
import { withPadTarget } from '../source/pad-values.ts';
import { requireList } from '../source/require-list.ts';
import { refuseSampled } from '../source/refuse-sampled.ts';
import { selection } from '../source/source.ts';

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
  const origin = originOf('take', dataset);
  const { source } = origin;
  refuseSampled('take', source);
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
  return fromSource({ ...source, selected }, { ...origin, who: 'take' });
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
  const origin = originOf('subset', dataset);
  const { source } = origin;
  refuseSampled('subset', source);
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
  return fromSource({ ...source, selected }, { ...origin, who: 'subset' });
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
  const origin = originOf('rebatch', dataset);
  const { source } = origin;
  const parsed = parseBatchOptions(options);
  const { batchSize = source.batchSize, shuffle, dropLast, padLast, augment, prefetch } = parsed;
  const plain = source.inputs.map((input) => ({ ...input, augment: [] }));
  const inputs = withAugment(plain, augment);
  const targets = padLast ? withPadTarget('rebatch', source.targets, parsed) : source.targets;
  const batches = { batchSize, shuffle, dropLast, padLast };
  return fromSource({ ...source, inputs, targets, ...batches }, { ...origin, who: 'rebatch', prefetch });
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
