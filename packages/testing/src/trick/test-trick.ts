import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';
import type { DeviceName } from '@cantrip/ops';
import { withAllThreads } from '../compare/with-all-threads.ts';
import { presentDevices } from '../devices.ts';
import { allWays, type WayOptions } from '../ways.ts';
import { createBench } from '../bench/bench.ts';
import { namedError } from '../bench/not-kept.ts';
import type { Rule } from '../bench/rule.ts';
import { rules } from './rules.ts';
import { checkRunner, define, type Runner } from './runner.ts';
import type { TrickUnderTest } from '../bench/trick-under-test.ts';

const known: Readonly<Record<keyof TrickUnderTest, true>> = {
  name: true,
  create: true,
  identity: true,
  devices: true,
  options: true,
  optionsWithout: true,
  data: true,
  epochs: true,
  draws: true,
  hasEffect: true,
  movesEachBatch: true,
  refuses: true,
};

const trickCheck: Check<TrickUnderTest> = (value) => {
  if (!isPlainObject(value) || typeof value['name'] !== 'string' || typeof value['create'] !== 'function')
    return 'must be { name, create() }';
  // A misspelt one would leave out a test.
  const unknown = Object.keys(value).find((key) => !(key in known));
  return unknown === undefined ? undefined : `must be without the unknown field ${unknown}`;
};

/**
 * Defines tests of what every trick must keep, in each way to run a step: op by op on each device, and captured on
 * TensorFlow.
 *
 * A trick resumes to the same bits; works in two trainers at the same time; updates once a step when gradients are
 * accumulated; restores what it evaluates with; draws by the seed; has no side effects in schedules; leaves no tensor,
 * variable, patch or handler behind; and refuses what it says. An error says which of these a trick does not keep, in
 * which way, which value shows it, and what to do.
 *
 * @param runner - `describe` and `it` of any test runner
 * @throws CantripError OPTION_INVALID; the tests throw TRICK_BROKEN
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * testTrick({ name: 'half-loss', create: () => halfLoss() }, { describe, it });
 * ```
 */
export function testTrick(trick: TrickUnderTest, runner: Runner): void {
  checkArgument('testTrick', 'trick', trickCheck, trick);
  checkRunner('testTrick', runner);
  const devices: readonly DeviceName[] = ['cpu', ...(trick.devices ?? ['wasm', 'tensorflow'])];
  const ways = allWays.filter(({ options }) => devices.includes(options.device));
  runner.describe(`${trick.name} as every trick`, () => {
    for (const { name, options } of ways) {
      const bench = createBench(trick, options);
      runner.describe(name, () => {
        for (const rule of rules.filter((one) => isFor(one, options))) {
          // What is known before anything runs leaves no test that proves nothing.
          if (rule.skips?.(bench) !== undefined) continue;
          const check = (): Promise<void> => checkRule(rule, bench, name);
          define(runner, rule.name, check, () => whyAbsent(options.device));
        }
      });
    }
  });
}

function isFor({ also }: Rule, { device, capture }: WayOptions): boolean {
  if (also === 'everywhere' || (device === 'cpu' && capture !== true)) return true;
  return also === 'captured' && capture === true;
}

async function checkRule(rule: Rule, bench: ReturnType<typeof createBench>, where: string): Promise<void> {
  try {
    await withAllThreads(() => rule.check(bench));
  } catch (error) {
    throw namedError(error, { who: bench.trick.name, rule: rule.name, where });
  }
}

async function whyAbsent(device: DeviceName): Promise<string | undefined> {
  return (await presentDevices([device])).includes(device) ? undefined : `${device} is absent`;
}
