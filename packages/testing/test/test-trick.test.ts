import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { presentDevices } from '@cantrip/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

const folder = mkdtempSync(join(tmpdir(), 'test-trick-'));
let failed: Record<string, string[]>;

beforeAll(() => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const report = join(folder, 'report.json');
  const config = join(root, 'test/fixtures/vitest.fixtures.config.ts');
  const args = [
    'vitest',
    'run',
    '--config',
    config,
    '--root',
    root,
    `--outputFile=${report}`,
    '--reporter=json',
  ];
  const { stderr } = spawnSync('npx', args, { cwd: root, encoding: 'utf8' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (tests.length === 0) throw new Error(stderr);
  failed = {};
  for (const { status, title, ancestorTitles } of tests) {
    const trick = ancestorTitles[0]!.split(' ')[0]!;
    failed[trick] ??= [];
    if (status === 'failed') failed[trick].push(title);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

const present = await presentDevices(['tensorflow']);

describe('testTrick', () => {
  it('finds nothing wrong with a trick that keeps every rule', () => {
    expect(failed['good']).toEqual([]);
  });

  it.each([
    ['misnamed', 'has the name of its package'],
    ['no-identity', 'changes no bit with identity options'],
    ['leaking', 'leaves no tensor behind'],
    ['forgetful', 'goes on after save and restore as if never stopped, also within an epoch'],
    ['lasting', 'restores the model on dispose'],
    ['forgetful', 'works as one object in two trainers'],
  ])('sees that %s does not keep: %s', (trick, rule) => {
    expect(failed[trick]).toContain(rule);
  });

  it.skipIf(present.length === 0)(
    'sees that a number of JavaScript, which a recording freezes, trains otherwise captured',
    () => expect(failed['frozen-number']).toEqual(['trains the same captured as op by op']),
  );
});
