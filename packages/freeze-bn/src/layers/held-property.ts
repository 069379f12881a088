/** A caller that holds a property at another value. */
export interface Holder {
  /** What an assignment from elsewhere does. `true`: it takes effect when the hold ends. `false`: it ends this hold. */
  readonly reassert: boolean;
}

/** The value of a property while it is held. */
export interface Override {
  /** Read at each access. */
  readonly value: unknown;
  /** Runs when the last hold has ended. */
  end?(): void;
}

/**
 * Gives a property of an object another value while at least one holder exists. When the last holder lets go, in any
 * order, the property gets the value that was assigned last.
 *
 * @param begin - returns the value; it may read the set of holders later, which changes
 * @returns a function that holds the property of a target; it returns a function that lets go, which may be called
 *   twice
 */
export function heldProperty<T extends object, H extends Holder>(
  key: keyof T & string,
  begin: (target: T, holders: ReadonlySet<H>) => Override,
): (target: T, holder: H) => () => void {
  const holdersOf = new WeakMap<T, Holders<H>>();
  return (target, holder) => {
    const holders = holdersOf.get(target) ?? override(target, key, begin, () => holdersOf.delete(target));
    holdersOf.set(target, holders);
    // A copy, because the same options may be used for two holds.
    const own = { ...holder };
    holders.all.add(own);
    return () => {
      if (holders.all.delete(own)) holders.settle();
    };
  };
}

interface Holders<H> {
  readonly all: Set<H>;
  /** Restores the property if there is no holder. */
  settle(): void;
}

function override<T extends object, H extends Holder>(
  target: T,
  key: keyof T & string,
  begin: (target: T, holders: ReadonlySet<H>) => Override,
  forget: () => void,
): Holders<H> {
  const all = new Set<H>();
  const before = Object.getOwnPropertyDescriptor(target, key);
  const held = begin(target, all);
  let assigned: { readonly value: unknown } | undefined;
  function settle(): void {
    if (all.size > 0) return;
    forget();
    if (before) Object.defineProperty(target, key, before);
    else Reflect.deleteProperty(target, key);
    held.end?.();
    if (assigned) Reflect.set(target, key, assigned.value);
  }
  Object.defineProperty(target, key, {
    configurable: true,
    get: () => held.value,
    set: (given: unknown) => {
      assigned = { value: given };
      for (const holder of all) if (!holder.reassert) all.delete(holder);
      settle();
    },
  });
  return { all, settle };
}
