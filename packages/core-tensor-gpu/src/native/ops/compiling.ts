let compiling = false;

/** Runs `record` while {@link isCompiling} says that XLA will compile what is recorded. */
export function whileCompiling<T>(record: () => T): T {
  const outer = compiling;
  compiling = true;
  try {
    return record();
  } finally {
    compiling = outer;
  }
}

/** Whether a step is being recorded that XLA will compile: the few ops that differ there are replaced. */
export const isCompiling = (): boolean => compiling;
