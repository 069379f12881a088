import type { OwnValues } from './own-values.ts';

/** The values of known objects, as a part of a step's signature. If a layer's rate changes, the signature changes. */
export interface StructureOfValues {
  /** The current values. */
  now(): string;
  /**
   * Reports that the step computed the same with the values `before` and `after`. If this happens repeatedly, the
   * objects hold values that the step does not use, e.g. a counter. They are then ignored.
   */
  madeNoDifference(before: string, after: string): void;
}

const mostChangesInVain = 4;
const separator = '\n';

export function structureOfValues(ownValues: () => readonly OwnValues[]): StructureOfValues {
  const inVain = new Map<number, number>();
  let last: (string | number)[] = [];
  let text = '';

  const ignored = (index: number): boolean => (inVain.get(index) ?? 0) >= mostChangesInVain;

  function now(): string {
    const all = ownValues();
    let same = all.length === last.length;
    for (let index = 0; index < all.length; index++) {
      const values = ignored(index) ? '' : all[index]!.values;
      if (values === last[index]) continue;
      same = false;
      last[index] = values;
    }
    if (same) return text;
    last = last.slice(0, all.length);
    return (text = last.join(separator));
  }

  return {
    now,
    madeNoDifference(before, after) {
      const [old, current] = [before.split(separator), after.split(separator)];
      current.forEach((values, index) => {
        if (values !== old[index]) inVain.set(index, (inVain.get(index) ?? 0) + 1);
      });
    },
  };
}
