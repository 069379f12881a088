import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../test-all/run-command.ts';
import { commandStage, countedStage } from '../test-all/stage.ts';
import { formatTally, parseTally, sum } from '../test-all/tally.ts';
import { vitestTally } from '../test-all/vitest-tally.ts';

function node(program: string): string[] {
  return [process.execPath, '-e', program];
}

describe('a tally', () => {
  it('is one line, in which skipped tests appear only when there are any', () => {
    expect(formatTally({ passed: 3, failed: 1, skipped: 0 })).toBe('3 passed, 1 failed');
    expect(formatTally({ passed: 3, failed: 0, skipped: 2 })).toBe('3 passed, 0 failed, 2 skipped');
  });

  it('is read from the last such line of an output', () => {
    expect(parseTally('1 passed, 9 failed\ntext\n3 passed, 1 failed, 2 skipped\nbye\n')).toEqual({
      passed: 3,
      failed: 1,
      skipped: 2,
    });
    expect(parseTally('all is well\n')).toBeUndefined();
  });

  it('adds up', () => {
    expect(
      sum([
        { passed: 1, failed: 1, skipped: 0, failures: ['x'] },
        { passed: 1, failed: 0, skipped: 0 },
      ]),
    ).toEqual({
      passed: 2,
      failed: 1,
      skipped: 0,
      failures: ['x'],
    });
    expect(
      sum([
        { passed: 1, failed: 2, skipped: 3 },
        { passed: 10, failed: 20, skipped: 30 },
      ]),
    ).toEqual({
      passed: 11,
      failed: 22,
      skipped: 33,
    });
  });
});

describe('a stage', () => {
  it('passes or fails as its command does', async () => {
    expect(await commandStage('', node('')).run()).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(await commandStage('', node("console.log('why'); process.exit(3)")).run()).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ['why'],
    });
  });

  it('fails when its command does not exist', async () => {
    expect(await commandStage('', ['no-such-command']).run()).toMatchObject({ failed: 1 });
  });

  it('counts what its command says', async () => {
    expect(await countedStage('', node("console.log('5 passed, 0 failed')")).run()).toMatchObject({
      passed: 5,
      failed: 0,
    });
  });

  it('counts a crash as a failure, whatever was said before it', async () => {
    const crash = node("console.log('5 passed, 0 failed'); process.exit(1)");
    expect(await countedStage('', crash).run()).toEqual({
      passed: 5,
      failed: 1,
      skipped: 0,
      failures: ['5 passed, 0 failed'],
    });
    const named = node(
      "console.log('ok  a'); console.log('FAILED  b'); console.log('5 passed, 1 failed'); process.exit(1)",
    );
    expect(await countedStage('', named).run()).toMatchObject({ failures: ['FAILED  b'] });
    expect(await countedStage('', node("console.log('nothing')")).run()).toMatchObject({ failed: 1 });
  });

  it('stops a command that takes too long', async () => {
    const { code, output } = await runCommand(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      limit: 0.01,
    });
    expect(code).toBe(1);
    expect(output).toContain('stopped');
  });

  it('gives its command nothing to read, so that none can wait for an answer', async () => {
    const { output } = await runCommand(process.execPath, [
      '-e',
      "process.stdin.on('data', () => {}).on('end', () => console.log('no input'))",
    ]);
    expect(output).toBe('no input\n');
  });
});

describe("a report of vitest's", () => {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-'));
  const report = {
    success: true,
    numPassedTests: 4,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [
      { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'a' }] },
    ],
  };

  function tallyOf(changes: object): unknown {
    const file = join(folder, 'vitest.json');
    writeFileSync(file, JSON.stringify({ ...report, ...changes }));
    return vitestTally(file);
  }

  it('is counted', () => {
    expect(tallyOf({})).toEqual({ passed: 4, failed: 0, skipped: 1 });
  });

  it('counts a file that did not load as a failure', () => {
    const broken = [{ name: 'b.test.ts', status: 'failed', message: 'no such file', assertionResults: [] }];
    expect(tallyOf({ success: false, testResults: broken })).toMatchObject({
      failed: 1,
      failures: ['b.test.ts: no such file'],
    });
  });

  it('names each test that failed, with the beginning of its message', () => {
    const message =
      'Property failed after 31 tests\n{ seed: 5 }\nCounterexample: [1]\nShrunk 6 times\n at here';
    const failed = [
      { status: 'passed', fullName: 'one' },
      { status: 'failed', fullName: 'two', failureMessages: [message] },
    ];
    expect(
      tallyOf({
        success: false,
        numFailedTests: 1,
        testResults: [{ name: 'c.test.ts', status: 'failed', assertionResults: failed }],
      }),
    ).toMatchObject({
      failed: 1,
      failures: [
        'c.test.ts: two: Property failed after 31 tests { seed: 5 } Counterexample: [1] Shrunk 6 times',
      ],
    });
  });

  it('counts an error outside of any test as a failure', () => {
    expect(tallyOf({ success: false })).toMatchObject({ failed: 1 });
  });

  it('is a failure when it is missing', () => {
    expect(vitestTally(join(folder, 'none.json'))).toMatchObject({ failed: 1 });
  });
});
