import { arrays, deepest, type Json, mostDigits, numbers, tagKey } from './tags.ts';

/** Says what is wrong with JSON that was to be turned into plain data. */
export class NotTagged extends Error {}

type Tagged = Readonly<Record<string, Json>>;

/** Reads one kind of tagged object. `keep` is called with an object before its parts are read, so that a part can refer to it. */
type Reader = (tagged: Tagged, read: (json: Json) => unknown, keep: (made: object) => void) => unknown;

/** @throws NotTagged */
export function fromTagged(json: Json): unknown {
  const shared = new Map<number, object>();
  const read = (value: Json, depth: number, keep: (made: object) => void): unknown => {
    if (depth > deepest + 2) throw new NotTagged(`a value that is nested more than ${deepest} deep`);
    if (typeof value !== 'object' || value === null) return value;
    const inner = (part: Json): unknown => read(part, depth + 1, () => undefined);
    if (isArray(value)) return readArray(value, inner, keep);
    if (!Object.hasOwn(value, tagKey)) return readEntries(Object.entries(value), inner, keep);
    const type = value[tagKey];
    if (type === 'same') return sameObject(value, shared);
    if (type === 'shared') return readShared(value, shared, (part, own) => read(part, depth + 1, own));
    const reader = typeof type === 'string' && Object.hasOwn(readers, type) ? readers[type] : undefined;
    if (!reader) throw new NotTagged(`a value of the unknown type ${JSON.stringify(type)?.slice(0, 60)}`);
    return reader(value, inner, keep);
  };
  return read(json, 0, () => undefined);
}

const readers: Readonly<Record<string, Reader>> = {
  undefined: () => undefined,
  number: ({ value }) => {
    if (typeof value !== 'string' || !Object.hasOwn(numbers, value)) throw broken('number');
    return numbers[value];
  },
  bigint: ({ value }) => {
    if (typeof value !== 'string' || value.length > mostDigits || !/^-?\d+$/.test(value))
      throw broken('bigint');
    return BigInt(value);
  },
  date: ({ value = null }, read, keep) => {
    const time = read(value);
    if (typeof time !== 'number') throw broken('date');
    return kept(new Date(time), keep);
  },
  map: ({ entries }, read, keep) => {
    if (!isArray(entries)) throw broken('map');
    const made = kept(new Map<unknown, unknown>(), keep);
    for (const entry of entries) {
      if (!isArray(entry) || entry.length !== 2) throw broken('map');
      made.set(read(entry[0]!), read(entry[1]!));
    }
    if (made.size < entries.length) throw broken('map');
    return made;
  },
  set: ({ values }, read, keep) => {
    if (!isArray(values)) throw broken('set');
    const made = kept(new Set<unknown>(), keep);
    for (const value of values) made.add(read(value));
    if (made.size < values.length) throw broken('set');
    return made;
  },
  object: ({ entries }, read, keep) => {
    if (!isArray(entries)) throw broken('object');
    return readEntries(entries.map(pairOf), read, keep);
  },
  ArrayBuffer: (tagged, _read, keep) => kept(bytesOf(tagged), keep),
  DataView: (tagged, _read, keep) => kept(new DataView(bytesOf(tagged)), keep),
  ...Object.fromEntries(
    [...arrays].map(([name, array]): [string, Reader] => [
      name,
      (tagged, _read, keep) => {
        const bytes = bytesOf(tagged);
        if (bytes.byteLength % array.BYTES_PER_ELEMENT !== 0) throw broken(name);
        return kept(new array(bytes), keep);
      },
    ]),
  ),
};

function kept<Made extends object>(made: Made, keep: (made: object) => void): Made {
  keep(made);
  return made;
}

function readArray(
  value: readonly Json[],
  read: (json: Json) => unknown,
  keep: (made: object) => void,
): unknown[] {
  const made = kept<unknown[]>([], keep);
  for (const item of value) {
    if (isHole(item)) made.length++;
    else made.push(read(item));
  }
  return made;
}

function readEntries(
  entries: readonly (readonly [string, Json])[],
  read: (json: Json) => unknown,
  keep: (made: object) => void,
): object {
  const made = kept<Record<string, unknown>>({}, keep);
  for (const [key, item] of entries) {
    if (key === '__proto__') throw new NotTagged('the key __proto__');
    if (Object.hasOwn(made, key)) throw broken('object');
    made[key] = read(item);
  }
  return made;
}

function readShared(
  { id, value = null }: Tagged,
  shared: Map<number, object>,
  read: (json: Json, keep: (made: object) => void) => unknown,
): unknown {
  if (typeof id !== 'number' || id !== shared.size) throw broken('shared');
  const made = read(value, (object) => shared.set(id, object));
  // Only an object can be there twice.
  if (!shared.has(id)) throw broken('shared');
  return made;
}

function sameObject({ id }: Tagged, shared: ReadonlyMap<number, object>): object {
  const made = typeof id === 'number' ? shared.get(id) : undefined;
  if (!made) throw broken('same');
  return made;
}

function pairOf(entry: Json): readonly [string, Json] {
  if (!isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') throw broken('object');
  return [entry[0], entry[1]!];
}

function bytesOf({ [tagKey]: type, base64 }: Tagged): ArrayBuffer {
  const bytes = typeof base64 === 'string' ? Buffer.from(base64, 'base64') : undefined;
  // Buffer.from skips what is no base64.
  if (bytes?.toString('base64') !== base64) throw broken(typeof type === 'string' ? type : '');
  return new Uint8Array(bytes!).buffer;
}

const isHole = (item: Json): boolean =>
  typeof item === 'object' && item !== null && !isArray(item) && item[tagKey] === 'hole';

const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const broken = (type: string): NotTagged => new NotTagged(`a broken value of the type ${type}`);
