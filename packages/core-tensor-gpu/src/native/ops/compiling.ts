let compiling = false;

/** Runs `record`. During the call, {@link isCompiling} returns true. */
export function whileCompiling<T>(record: () => T): T {
  const outer = compiling;
  compiling = true;
  try {
    return record();
  } finally {
    compiling = outer;
  }
}

/** Whether the step that is being recorded will be compiled by XLA. The few ops that differ there are replaced. */
export const isCompiling = (): boolean => compiling;
