import { presentDevices, testTrick, type TrickUnderTest } from '@cantrip/testing';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { changePairs } from './fixtures/change-pairs.ts';
import { statePairs } from './fixtures/state-pairs.ts';

interface Test {
  /** The way to run a step. */
  readonly way: string;
  readonly rule: string;
  check(): Promise<unknown>;
}

/** The tests that testTrick defines. */
function testsOf(trick: TrickUnderTest): readonly Test[] {
  const tests: Test[] = [];
  const suites: string[] = [];
  testTrick(trick, {
    describe(name, define) {
      suites.push(name);
      define();
      suites.pop();
    },
    it: (rule, check) => void tests.push({ way: suites.at(-1)!, rule, check: () => check() }),
  });
  return tests;
}

const messageOf = async ({ check }: Test): Promise<string | undefined> => {
  try {
    await check();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

const pairs = [...statePairs, ...changePairs];
const present = await presentDevices(['cpu', 'wasm', 'tensorflow']);

describe.each(pairs)('testTrick sees that $fault', (pair) => {
  const { name, rule, words, more = {} } = pair;
  const devices = more.devices ?? [];
  const absent = devices.filter((device) => !present.includes(device));
  const trickOf = (side: 'broken' | 'right'): TrickUnderTest => ({
    name,
    devices,
    create: () => pair[side](),
    ...(name === 'identity' && {
      create: () => ({ name, scheduleLearningRate: (rate: number) => rate / 2 }),
      identity: () => pair[side](),
    }),
    ...(name === 'lax' && {
      refuses: [{ what: 'a twin', code: 'PLUGIN_CONFLICT', create: () => [pair[side](), { name: 'twin' }] }],
    }),
    ...more,
  });

  it.skipIf(absent.length > 0)('and says where, and what to do', async () => {
    const tests = testsOf(trickOf('broken')).filter((test) => test.rule === rule);
    const messages = await Promise.all([messageOf(tests.at(-1)!)]);
    expect(messages[0]).toMatch(words);
    expect(messages[0]).toMatch(new RegExp(`^\\[${name}\\] does not keep "${rule}" .*\\(TRICK_BROKEN\\)$`));
  });

  it.skipIf(absent.length > 0)('but finds nothing in its twin', async () => {
    const found: (string | undefined)[] = [];
    for (const test of testsOf(trickOf('right'))) found.push(await messageOf(test));
    expect(found.filter((message) => message !== undefined)).toEqual([]);
    expect(found.length).toBeGreaterThan(15);
  });
});

describe('testTrick', () => {
  it('runs in the test runner of Node', () => {
    const program = fileURLToPath(new URL('fixtures/in-node-test.ts', import.meta.url));
    const args = [
      '--conditions=@cantrip/source',
      '--import',
      'tsx',
      '--test',
      '--test-reporter=tap',
      program,
    ];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env: environment() });
    expect(stdout).toMatch(/not ok \d+ - goes on after save and restore as if never stopped/);
    expect(stdout).toContain('[count] does not keep');
    expect(stdout).toMatch(/^# fail [1-4]$/m);
    expect(status).toBe(1);
  });
});

/** Without what vitest sets, which the runner of Node would take for its own. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...rest } = process.env;
  return rest;
}
