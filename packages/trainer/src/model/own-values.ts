import type { OwnValues, Place } from '@cantrip/core-tensor-gpu';

/** More sets of values than any sensible run has. After that, each change counts as a new set. */
const mostRemembered = 64;

/**
 * Watches the numbers, strings, booleans and functions that an object stores in its own properties, and those of
 * plain objects in it, such as a regularizer. Code such as `this.calls++` or `layer.rate = 0` changes them.
 *
 * @returns an observer with one number for each set of values; the same values give the same number again
 */
export function ownValues(holder: object, place: Place): OwnValues {
  let last: unknown[] = [];
  let keys: readonly string[] = [];
  let number = 0;
  let next = 1;
  const remembered: (readonly [values: readonly unknown[], number: number])[] = [];

  function numberNow(): number {
    // This runs before each step, so it must cost next to nothing if nothing has changed.
    if (number > 0 && isStill(holder, last, keys)) return number;
    keys = Object.keys(holder);
    last = valuesOf(holder);
    const known = remembered.find(([values]) => areSame(values, last));
    if (known) return (number = known[1]);
    if (remembered.length >= mostRemembered) remembered.shift();
    number = next++;
    remembered.push([last, number]);
    return number;
  }

  return {
    place,
    get values() {
      return numberNow();
    },
    changed(before) {
      const values = remembered.find(([, one]) => one === before)?.[0];
      // Names and values alternate.
      const at = values?.findIndex((value, index) => index % 2 === 1 && !Object.is(value, last[index]));
      return at === undefined || at < 0 ? undefined : String(values![at - 1]);
    },
  };
}

function areSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (!Object.is(one[index], other[index])) return false;
  return true;
}

/** Names and values, alternating. */
function valuesOf(holder: object): unknown[] {
  const found: unknown[] = [];
  for (const [name, value] of Object.entries(holder) as [string, unknown][]) {
    if (typeof value !== 'object' || value === null) found.push(name, value);
    else if (isPlain(value)) found.push(name, value, ...heldBy(value));
  }
  return found;
}

const heldBy = (held: object): unknown[] =>
  (Object.entries(held) as [string, unknown][])
    .filter(([, value]) => typeof value !== 'object' || value === null)
    .flat();

/** Compares with the known names and values, so nothing is allocated if nothing has changed. */
function isStill(holder: object, last: readonly unknown[], keys: readonly string[]): boolean {
  const now = Object.keys(holder);
  if (now.length !== keys.length) return false;
  let at = 0;
  for (let index = 0; index < now.length; index++) {
    const name = now[index]!;
    if (name !== keys[index]) return false;
    const value: unknown = holder[name as never];
    if (typeof value === 'object' && value !== null && !isPlain(value)) continue;
    if (last[at] !== name || !Object.is(last[at + 1], value)) return false;
    at += 2;
    if (typeof value !== 'object' || value === null) continue;
    for (const inner of Object.keys(value)) {
      const held: unknown = value[inner as never];
      if (typeof held === 'object' && held !== null) continue;
      if (last[at] !== inner || !Object.is(last[at + 1], held)) return false;
      at += 2;
    }
  }
  return at === last.length;
}

const plain = new WeakMap<object, boolean>();

/** Tensors, variables, layers and arrays are not plain: they are checked where the step uses them. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return false;
  const known = plain.get(value);
  if (known !== undefined) return known;
  const is = !['dataId', 'val', 'weights', 'then'].some((name) => name in value);
  plain.set(value, is);
  return is;
}
