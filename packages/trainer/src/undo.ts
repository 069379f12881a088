/** Notes what a plugin gave to undo its setup. */
export function keepUndo(undo: (() => void)[], cleanup: void | (() => void)): void {
  if (typeof cleanup === 'function') undo.push(cleanup);
}

/** In reverse, and all of them: one that throws must not keep the others from undoing. */
export function runUndo(undo: (() => void)[]): void {
  const errors: unknown[] = [];
  while (undo.length > 0) {
    try {
      undo.pop()!();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
