import '@tfjs-core-dist/public/chained_ops/register_all_chained_ops.js';
import '@tfjs-core-dist/register_all_gradients.js';
import { setTestEnvs } from '@tfjs-core-dist/jasmine_util.js';
import Jasmine from 'jasmine';

/** Why a test or a suite failed, one entry for each expectation. */
export type FailedExpectations = readonly { readonly message: string; readonly stack?: string }[];

/** Which of tfjs-core's own tests to run, and on what. */
export interface Specs {
  /** The name of the backend that is open. */
  readonly backendName: string;
  /** Whether it reads values synchronously. */
  readonly isDataSync: boolean;
  readonly takes: (fullName: string) => boolean;
  readonly failed: (fullName: string, expectations: FailedExpectations) => void;
}

/** Runs tfjs-core's own tests. */
export async function runSpecs({
  backendName,
  isDataSync,
  takes,
  failed,
}: Specs): Promise<{ readonly passed: number; readonly skipped: number }> {
  const runner = new Jasmine();
  runner.exitOnCompletion = false;
  runner.randomizeTests(false);
  runner.clearReporters();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  setTestEnvs([{ name: `test-${backendName}`, backendName, flags: {}, isDataSync }]);
  await import('@tfjs-core-dist/tests.js');
  let [passed, skipped] = [0, 0];
  runner.env.configure({ specFilter: (spec) => takes(spec.getFullName()) });
  runner.addReporter({
    suiteDone({ fullName, failedExpectations }) {
      if (failedExpectations.length > 0) failed(fullName, failedExpectations);
    },
    specDone({ fullName, status, failedExpectations }) {
      if (status === 'passed') passed++;
      else if (status === 'failed') failed(fullName, failedExpectations);
      else skipped++;
    },
  });
  await runner.execute();
  return { passed, skipped };
}
