import { existsSync, readFileSync } from 'node:fs';
import { oneFailed, type Tally } from './tally.ts';

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Lines of a failure's message that the summary repeats: fast-check needs three to tell seed and counterexample. */
const linesOfMessage = 4;

/**
 * Counts a report of vitest's json reporter. What no test reports but went wrong all the same counts as failed:
 * a missing report, a file that did not load, an error outside of any test.
 */
export function vitestTally(reportFile: string): Tally {
  if (!existsSync(reportFile)) return oneFailed;
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  const failures = report.testResults.flatMap((file) => failuresOf(file));
  const brokenFiles = report.testResults.filter((file) => isBroken(file)).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    ...(failures.length > 0 && { failures }),
  };
}

type TestFile = Report['testResults'][number];

/** A file that failed though none of its tests did: it could not be loaded. */
function isBroken({ status, assertionResults }: TestFile): boolean {
  return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
}

function failuresOf(file: TestFile): string[] {
  if (isBroken(file)) return [`${file.name}: ${beginningOf(file.message)}`];
  return file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(
      ({ fullName, failureMessages }) => `${file.name}: ${fullName}: ${beginningOf(failureMessages?.[0])}`,
    );
}

function beginningOf(message = ''): string {
  return message.split('\n').slice(0, linesOfMessage).join(' ');
}
