import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A test file that takes longer is left to `npm test`. */
const mostSeconds = 3;

const list = 'tools/test-quick/slow-tests.json';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
}

/** The test files that the quick run leaves out, as paths from the root. */
export function readSlowTests(root: string): readonly string[] {
  return JSON.parse(readFileSync(join(root, list), 'utf8')) as readonly string[];
}

/** Writes the list anew from what the tests of the packages took when they last ran. */
export function updateSlowTests(root: string): void {
  const slow = readdirSync(join(root, 'packages')).flatMap((name) => {
    const report = readFileSync(join(root, 'packages', name, 'test-results/vitest.json'), 'utf8');
    return (JSON.parse(report) as Report).testResults
      .filter(({ startTime, endTime }) => endTime - startTime > mostSeconds * 1000)
      .map((file) => relative(root, file.name));
  });
  writeFileSync(join(root, list), `${JSON.stringify(slow.sort(), null, 2)}\n`);
}
