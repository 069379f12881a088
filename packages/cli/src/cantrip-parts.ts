import type { diagnose, installRuntime } from '@cantrip/core-tensor-gpu';

/** The parts that the command uses. A test replaces them. */
export interface CantripParts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Finds and installs: `diagnose` and `installRuntime` of `@cantrip/core-tensor-gpu`. */
  readonly core: () => Promise<CoreParts>;
}

/** The functions of `@cantrip/core-tensor-gpu` that the command calls. */
export interface CoreParts {
  readonly diagnose: typeof diagnose;
  readonly installRuntime: typeof installRuntime;
}
