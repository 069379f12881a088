import { describe } from '@cantrip/errors';
import { arrays, deepest, type Json, mostDigits, numbers, tagKey } from './tags.ts';

/** Says where a value is that cannot be written, and why. */
export class NotPlainData extends Error {}

interface Work {
  /** The objects that are there more than once, with their numbers once they were written. */
  readonly shared: Map<object, number | undefined>;
  /** How many of them were written. */
  written: number;
  /** The parts of buffers that were written. */
  readonly views: Map<ArrayBufferLike, (readonly [begin: number, end: number])[]>;
}

/**
 * Turns plain data into JSON that {@link fromTagged} turns back into the same: with NaN, -0, undefined, bigint, dates, maps, sets,
 * arrays of numbers, holes of arrays, and objects that are there twice.
 *
 * @param where - the path of the value, for the error
 * @throws NotPlainData
 */
export function toTagged(value: unknown, where: string): Json {
  return write(value, where, 0, { shared: sharedObjects(value), written: 0, views: new Map() });
}

/** The objects that are reached in more than one way. */
function sharedObjects(root: unknown): Map<object, number | undefined> {
  const seen = new Set<object>();
  const shared = new Map<object, number | undefined>();
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (seen.has(value)) {
      shared.set(value, undefined);
      continue;
    }
    seen.add(value);
    for (const part of partsOf(value)) rest.push(part);
  }
  return shared;
}

function partsOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  return ArrayBuffer.isView(value) ? [] : Object.values(value);
}

function write(value: unknown, where: string, depth: number, work: Work): Json {
  if (depth > deepest) throw new NotPlainData(`${where} is nested more than ${deepest} deep`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return writeNumber(value);
    case 'undefined':
      return { [tagKey]: 'undefined' };
    case 'bigint':
      return writeBigint(value, where);
    case 'object':
      return value === null ? null : writeObject(value, where, depth, work);
    case 'function':
    case 'symbol':
      throw notPlain(value, where);
  }
}

function writeNumber(value: number): Json {
  const name = Object.keys(numbers).find((each) => Object.is(numbers[each], value));
  return name === undefined ? value : { [tagKey]: 'number', value: name };
}

function writeBigint(value: bigint, where: string): Json {
  const text = String(value);
  if (text.length > mostDigits) throw new NotPlainData(`${where} is a bigint of ${text.length} digits`);
  return { [tagKey]: 'bigint', value: text };
}

function writeObject(value: object, where: string, depth: number, work: Work): Json {
  if (!work.shared.has(value)) return writeContent(value, where, depth, work);
  const known = work.shared.get(value);
  if (known !== undefined) return { [tagKey]: 'same', id: known };
  const id = work.written++;
  work.shared.set(value, id);
  return { [tagKey]: 'shared', id, value: writeContent(value, where, depth + 1, work) };
}

function writeContent(value: object, where: string, depth: number, work: Work): Json {
  const inner = (part: unknown, name: string): Json => write(part, `${where}${name}`, depth + 1, work);
  if (Array.isArray(value)) return writeArray(value, where, inner);
  if (value instanceof Map) {
    const entries = [...value].map(([key, item], at): Json => [
      inner(key, `.keys[${at}]`),
      inner(item, `.get(${describe(key)})`),
    ]);
    return { [tagKey]: 'map', entries };
  }
  if (value instanceof Set)
    return { [tagKey]: 'set', values: [...value].map((item, at) => inner(item, `.values[${at}]`)) };
  if (value instanceof Date) return { [tagKey]: 'date', value: writeNumber(value.getTime()) };
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return writeBytes(value, where, work);
  return writePlainObject(value, where, inner);
}

function writeArray(
  value: readonly unknown[],
  where: string,
  inner: (part: unknown, name: string) => Json,
): Json {
  if (Object.keys(value).some((key) => !/^\d+$/.test(key)))
    throw new NotPlainData(`${where} is an array with names beside its numbers`);
  // Not map, which skips holes.
  return Array.from({ length: value.length }, (_, at) =>
    at in value ? inner(value[at], `[${at}]`) : { [tagKey]: 'hole' },
  );
}

function writeBytes(value: ArrayBuffer | ArrayBufferView, where: string, { views }: Work): Json {
  const [buffer, begin, length] = ArrayBuffer.isView(value)
    ? [value.buffer, value.byteOffset, value.byteLength]
    : [value, 0, value.byteLength];
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const isKnown = arrays.has(name) || name === 'ArrayBuffer' || name === 'DataView';
  if (!isKnown || !(buffer instanceof ArrayBuffer)) throw notPlain(value, where);
  const others = views.get(buffer) ?? [];
  if (others.some(([from, to]) => begin < to && from < begin + length))
    throw new NotPlainData(`${where} shares its memory with another array`);
  views.set(buffer, [...others, [begin, begin + length]]);
  return { [tagKey]: name, base64: Buffer.from(buffer, begin, length).toString('base64') };
}

function writePlainObject(value: object, where: string, inner: (part: unknown, name: string) => Json): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notPlain(value, where);
  const entries = Object.entries(value).map(([key, item]) => {
    if (key === '__proto__') throw new NotPlainData(`${where} has the key __proto__`);
    return [key, inner(item, `.${key}`)] as const;
  });
  return Object.hasOwn(value, tagKey) ? { [tagKey]: 'object', entries } : Object.fromEntries(entries);
}

const notPlain = (value: unknown, where: string): NotPlainData =>
  new NotPlainData(`${where} is not plain data, but ${describe(value)}`);
