import { CantripError, describe } from '@cantrip/errors';

/** What an example is grouped by: its class, or the group that it belongs to. */
export type Label = number | string;

/** Labels as numbers 0, 1, …, in the order in which they first appear. */
export interface Labels {
  readonly names: readonly Label[];
  readonly ids: Uint32Array;
  /** The number of examples of each label. */
  readonly counts: Uint32Array;
}

/**
 * Numbers the labels of examples.
 *
 * @throws CantripError OPTION_INVALID, or SHAPE_MISMATCH if there is not one label for each example
 */
export function labelsOf(who: string, name: string, given: unknown, count: number): Labels {
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given))
    throw notLabels(who, name, given);
  const known = new Map<Label, number>();
  const ids = Array.from(given as Iterable<unknown>, (label) => {
    if (typeof label !== 'string' && !Number.isFinite(label)) throw notLabels(who, name, label);
    const id = known.get(label as Label) ?? known.size;
    known.set(label as Label, id);
    return id;
  });
  if (ids.length !== count) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${name} must hold one label for each of the ${count} examples, got ${ids.length} labels`,
      fix: `Pass ${name} in the order of the examples`,
    });
  }
  const counts = new Uint32Array(known.size);
  for (const id of ids) counts[id]! += 1;
  return { names: [...known.keys()], ids: Uint32Array.from(ids), counts };
}

function notLabels(who: string, name: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${name} must hold numbers or strings, one for each example, got ${describe(received)}`,
    fix:
      received instanceof Promise
        ? `Await ${name} first`
        : `Write ${name} as an array: ['cat', 'dog', 'cat']`,
  });
}
