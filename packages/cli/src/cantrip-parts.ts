import type { diagnose, installRuntime } from '@cantrip/core-tensor-gpu';

/** What the command is made of; a test puts others in their place. */
export interface CantripParts {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** What is found and installed: `diagnose` and `installRuntime` of `@cantrip/core-tensor-gpu`. */
  readonly core: () => Promise<CoreParts>;
}

/** The part of `@cantrip/core-tensor-gpu` that the command calls. */
export interface CoreParts {
  readonly diagnose: typeof diagnose;
  readonly installRuntime: typeof installRuntime;
}
