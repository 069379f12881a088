/** Whose code runs: `who` is the plugin or `trainer`, `within` the hook or the layer. */
export interface Place {
  readonly who: string;
  readonly within: string;
}

/** Plain values that somebody's code keeps on an object or in a closure of its own. */
export interface OwnValues {
  readonly place: Place;
  /** What stands for the values as they are now: equal where they are. */
  readonly values: string | number;
  /** The name of one that is another than it was at `before`, where that can be told. */
  readonly changed?: (before: string | number) => string | undefined;
}

/** Somebody's values that are not what they were. */
export interface ChangedValues {
  readonly place: Place;
  readonly name: string | undefined;
}

/** Notes values, and tells later whose are others then. */
export function noteValues(all: readonly OwnValues[]): () => ChangedValues | undefined {
  const before = all.map(({ values }) => values);
  return () => {
    const index = all.findIndex(({ values }, at) => values !== before[at]);
    const one = all[index];
    return one && { place: one.place, name: one.changed?.(before[index]!) };
  };
}
