import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';

/** The part of a test runner that is used: the functions of vitest, node:test, Jest and others fit. */
export interface Runner {
  describe(name: string, define: () => void): unknown;
  /** A context with `skip` is used if the runner passes one. */
  it(name: string, check: (...context: unknown[]) => Promise<void>): unknown;
}

const runnerCheck: Check<Runner> = (value) =>
  isPlainObject(value) && typeof value['describe'] === 'function' && typeof value['it'] === 'function'
    ? undefined
    : 'must be { describe, it } of your test runner';

export function checkRunner(who: string, runner: unknown): void {
  checkArgument(who, 'runner', runnerCheck, runner);
}

interface WithSkip {
  skip?(reason: string): unknown;
}

/** Defines a test that may be skipped. The runner's context is optional, because some runners pass none. */
export function define(
  runner: Runner,
  name: string,
  check: () => Promise<void>,
  whyNot: () => Promise<string | undefined>,
): void {
  // Jest would wait for a callback if the function had a parameter.
  runner.it(name, async (...given: unknown[]) => {
    const reason = await whyNot();
    if (reason === undefined) return check();
    (given[0] as WithSkip | undefined)?.skip?.(reason);
  });
}
