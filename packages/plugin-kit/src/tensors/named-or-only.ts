import { type Check, checkArgument } from '@cantrip/errors';
import { entriesOfTensors, type OneOrNamed, tensorsCheck } from './named-tensors.ts';

type Entries<One> = readonly (readonly [name: string, one: One])[];

const entriesCheck: Check<unknown> = (value) =>
  Array.isArray(value) && value.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string')
    ? undefined
    : 'must be an array of entries [name, value]';
const nameCheck: Check<unknown> = (value) =>
  value === undefined || typeof value === 'string' ? undefined : 'must be a string';

/**
 * Finds the entry of a name. The only entry is found without a name, and an only entry that has no name is found by each.
 *
 * @param entries - such as {@link entriesOfTensors} gives, or `Object.entries`
 * @returns undefined if no entry has this name, or if there are several and no name
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * entryOf([['digit', 1], ['parity', 2]], 'parity'); // 2
 * entryOf([['digit', 1]], undefined); // 1
 * entryOf([['digit', 1]], 'parity'); // undefined
 * ```
 */
export function entryOf<One>(entries: Entries<One>, name: string | undefined): One | undefined {
  checkArgument('entryOf', 'entries', entriesCheck, entries);
  checkArgument('entryOf', 'name', nameCheck, name);
  return find(entries, name);
}

function find<One>(entries: Entries<One>, name: string | undefined): One | undefined {
  const [first] = entries;
  if (entries.length === 1 && (!name || first![0] === '')) return first![1];
  return entries.find(([one]) => one === name)?.[1];
}

/**
 * Finds the tensor of a name in a part of a batch, or the only tensor under whatever name: the targets `label` belong to the
 * only output `dense_1`.
 *
 * @returns undefined if there are several and none has this name
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * namedOrOnly({ left, right }, 'left'); // left
 * namedOrOnly({ left }, 'targets'); // left
 * ```
 */
export function namedOrOnly<One extends object>(
  tensors: OneOrNamed<One>,
  name: string | undefined,
): One | undefined {
  checkArgument('namedOrOnly', 'tensors', tensorsCheck, tensors);
  checkArgument('namedOrOnly', 'name', nameCheck, name);
  const entries = entriesOfTensors(tensors);
  return find(entries, name) ?? find(entries, undefined);
}
