/** Someone who wants a property to have another value. */
export interface Holder {
  /** Whether an assignment by somebody else is kept back until the hold ends; else it ends this hold. */
  readonly reassert: boolean;
}

/** What a property reads as while it is held. */
export interface Override {
  /** Asked at each reading. */
  readonly value: unknown;
  /** Runs when the last hold has ended. */
  end?(): void;
}

/**
 * Gives a property of an object another value for as long as someone holds it: begun once however many hold it, and
 * ended when the last of them lets go, in whatever order they do. What was assigned in the meantime holds then.
 *
 * @param begin - gives the value; the holders, whose number changes, are for it to read later
 * @returns a function that holds the property of a target and returns how to let go; letting go twice does nothing
 */
export function heldProperty<T extends object, H extends Holder>(
  key: keyof T & string,
  begin: (target: T, holders: ReadonlySet<H>) => Override,
): (target: T, holder: H) => () => void {
  const holdersOf = new WeakMap<T, Holders<H>>();
  return (target, holder) => {
    const holders = holdersOf.get(target) ?? override(target, key, begin, () => holdersOf.delete(target));
    holdersOf.set(target, holders);
    // One of its own, for the same options may hold twice.
    const own = { ...holder };
    holders.all.add(own);
    return () => {
      if (holders.all.delete(own)) holders.settle();
    };
  };
}

interface Holders<H> {
  readonly all: Set<H>;
  /** Ends the override if nobody holds it. */
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
