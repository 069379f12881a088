/**
 * Makes a change that is applied once however many hold it, and undone when the last of them lets go, in whatever
 * order they do.
 *
 * @param apply - changes a target and returns how to undo it
 * @returns a function that holds the change of a target and returns how to let go; letting go twice does nothing
 */
export function sharedChange<T extends object>(apply: (target: T) => () => void): (target: T) => () => void {
  const changes = new WeakMap<T, { holders: number; readonly undo: () => void }>();
  return (target) => {
    const change = changes.get(target) ?? { holders: 0, undo: apply(target) };
    changes.set(target, change);
    change.holders += 1;
    let holding = true;
    return () => {
      if (!holding) return;
      holding = false;
      change.holders -= 1;
      if (change.holders > 0) return;
      changes.delete(target);
      change.undo();
    };
  };
}
