import { type Check, checkArgument, functionCheck, isPlainObject, isTensor } from '@cantrip/errors';
import { isHostTensor } from './host-tensor.ts';

/** One tensor, or several by name: the inputs, targets, outputs or weights of a batch. */
export type OneOrNamed<One> = One | Readonly<Record<string, One>>;

/** Checks for a part of a batch. */
export const tensorsCheck: Check<OneOrNamed<object>> = (value) =>
  isOne(value) || isPlainObject(value)
    ? undefined
    : 'must be a tensor, { values, shape }, or several of these by name';

/**
 * The tensors of a part of a batch, each with its name. A single tensor has the name `''`.
 *
 * @param tensors - a tensor or host tensor, or several by name
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * entriesOfTensors({ left, right }); // [['left', left], ['right', right]]
 * entriesOfTensors(inputs); // [['', inputs]]
 * ```
 */
export function entriesOfTensors<One extends object>(
  tensors: OneOrNamed<One>,
): readonly (readonly [name: string, one: One])[] {
  checkArgument('entriesOfTensors', 'tensors', tensorsCheck, tensors);
  return isOne(tensors) ? [['', tensors as One]] : Object.entries(tensors as Readonly<Record<string, One>>);
}

/**
 * Changes each tensor of a part of a batch: gives one tensor for one, and several by the same names for several.
 *
 * @param change - receives a tensor or host tensor, and its name, which is `''` for a single one
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * mapTensors({ left, right }, (one) => tf.neg(one)); // { left: -left, right: -right }
 * ```
 */
export function mapTensors<One extends object, Result>(
  tensors: OneOrNamed<One>,
  change: (one: One, name: string) => Result,
): OneOrNamed<Result> {
  checkArgument('mapTensors', 'tensors', tensorsCheck, tensors);
  checkArgument('mapTensors', 'change', functionCheck, change);
  if (isOne(tensors)) return change(tensors as One, '');
  const entries = Object.entries(tensors as Readonly<Record<string, One>>);
  return Object.fromEntries(entries.map(([name, one]) => [name, change(one, name)]));
}

const isOne = (value: unknown): boolean => isTensor(value) || isHostTensor(value);
