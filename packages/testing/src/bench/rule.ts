import type { Bench } from './bench.ts';

/** What every trick must keep. */
export interface Rule {
  /** The title of the test: what the trick does. */
  readonly name: string;
  /**
   * In which ways to run a step it is tested, beside op by op on the cpu: `captured`, or `everywhere`. By default in no
   * other.
   */
  readonly also?: 'captured' | 'everywhere';
  /** Why the rule says nothing of this trick; undefined if it does. */
  skips?(bench: Bench): string | undefined;
  /** Throws what the trick does not keep. */
  check(bench: Bench): Promise<void>;
}
