import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where `npm run test:install-python` puts the Python packages of tests. */
export function testPythonFolder(): string {
  return process.env['CANTRIP_TEST_ENVIRONMENT'] ?? join(homedir(), '.cache', 'cantrip', 'test-python');
}

/** The Python that has these packages: CANTRIP_TEST_PYTHON, or the one of our own environment; undefined without one. */
export function findTestPython(): string | undefined {
  const python = process.env['CANTRIP_TEST_PYTHON'] ?? join(testPythonFolder(), 'bin', 'python');
  return existsSync(python) ? python : undefined;
}

/**
 * The Python for a test file, which leaves its tests out (`describe.skipIf`) where this gives undefined.
 *
 * An absent Python is reported, and is a failure where CANTRIP_REQUIRE names `python`.
 */
export function requireTestPython(): string | undefined {
  const python = findTestPython();
  if (python !== undefined) return python;
  const what =
    'The Python packages that tests compare with are absent. Install them with `npm run test:install-python`.';
  if (process.env['CANTRIP_REQUIRE']?.split(',').includes('python')) throw new Error(what);
  process.stderr.write(`skipped: ${what}\n`);
  return undefined;
}

/** Runs a Python program, and reads what it prints as JSON. */
export function runPython(python: string, program: string, args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(python, [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 27,
  });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return JSON.parse(stdout);
}
