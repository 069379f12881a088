import { inOnePass } from './closure-values.ts';
import type { OwnValues, Place } from './own-values.ts';

/** The owner of values that have changed. */
export interface ChangedValues {
  readonly place: Place;
  readonly name: string | undefined;
}

/** Stores the current values. The returned function returns whose values have changed. */
export function noteValues(all: readonly OwnValues[]): () => ChangedValues | undefined {
  const before = inOnePass(() => all.map(({ values }) => values));
  return () =>
    inOnePass(() => {
      const index = all.findIndex(({ values }, at) => values !== before[at]);
      const one = all[index];
      return one && { place: one.place, name: one.changed?.(before[index]!) };
    });
}
