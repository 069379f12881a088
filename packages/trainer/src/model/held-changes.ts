/** A change of objects that lasts as long as anybody holds it. */
export interface HeldChanges<T extends object> {
  has(target: T): boolean;
  /**
   * Makes the change, unless it is made already.
   *
   * @returns a function that undoes it; holding twice must be undone twice
   */
  hold(target: T): () => void;
}

/** @param change - changes an object, and returns a function that undoes it */
export function heldChanges<T extends object>(change: (target: T) => () => void): HeldChanges<T> {
  const held = new WeakMap<T, { holders: number; readonly undo: () => void }>();
  return {
    has: (target) => held.has(target),
    hold(target) {
      const state = held.get(target) ?? { holders: 0, undo: change(target) };
      state.holders++;
      held.set(target, state);
      let holding = true;
      return () => {
        if (!holding) return;
        holding = false;
        if (--state.holders > 0) return;
        held.delete(target);
        state.undo();
      };
    },
  };
}
