import { openDevice } from '@cantrip/core-tensor-gpu';
import {
  type Check,
  checkArgument,
  functionCheck,
  isPlainObject,
  optional,
  readOptions,
} from '@cantrip/errors';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { namedError } from '../bench/not-kept.ts';
import { presentDevices } from '../devices.ts';
import { tinyModel } from '../tiny/tiny-model.ts';
import { checkRunner, define, type Runner } from '../trick/runner.ts';
import { type Pair, pairsOf, type TrickTogether } from './pair.ts';
import { trainsTogether } from './trains-together.ts';

export interface TestTogetherOptions {
  /** Builds the model of each run; it takes images of 6x6x1 and gives 3 logits. By default a small network with batch norm. */
  readonly model?: () => LayersModel;
}

const tricksCheck: Check<readonly TrickTogether[]> = (value) =>
  Array.isArray(value) &&
  value.length > 1 &&
  value.every(
    (one) => isPlainObject(one) && typeof one['name'] === 'string' && typeof one['create'] === 'function',
  )
    ? undefined
    : 'must be an array of two or more { name, create() }';

const optionChecks = { model: optional(functionCheck) };

/**
 * Defines a test of each pair of these tricks: both in one run of 20 steps on TensorFlow.
 *
 * A pair trains the same captured as op by op, goes on from a snapshot of step 10 to the same bits, and leaves the
 * model and the memory as they were. Two that have the same transform, wrap or schedule do so in both orders, unless
 * `after` says one. Or one of the two names the other in `conflicts`, and `createTrainer` refuses them.
 *
 * @param runner - `describe` and `it` of any test runner
 * @throws CantripError OPTION_INVALID; the tests throw TRICK_BROKEN
 * @example
 * ```ts
 * testTogether([{ name: 'seed', create: () => seed() }, { name: 'half-loss', create: () => halfLoss() }], {
 *   describe,
 *   it,
 * });
 * ```
 */
export function testTogether(
  tricks: readonly TrickTogether[],
  runner: Runner,
  options: TestTogetherOptions = {},
): void {
  checkArgument('testTogether', 'tricks', tricksCheck, tricks);
  checkRunner('testTogether', runner);
  const { model = tinyModel } = readOptions('testTogether', optionChecks, options) as TestTogetherOptions;
  runner.describe('any two tricks in one run', () => {
    for (const pair of allPairs(tricks))
      define(
        runner,
        pair.name,
        () => check(pair, model),
        () => whyAbsent(tricks),
      );
  });
}

const allPairs = (tricks: readonly TrickTogether[]): readonly Pair[] =>
  tricks.flatMap((first, i) => tricks.slice(i + 1).flatMap((second) => pairsOf(first, second)));

async function check(pair: Pair, model: () => LayersModel): Promise<void> {
  try {
    await trainsTogether(pair, model);
  } catch (error) {
    throw namedError(error, { who: pair.name, rule: 'two tricks in one run', where: 'on TensorFlow' });
  }
}

async function whyAbsent(tricks: readonly TrickTogether[]): Promise<string | undefined> {
  // TensorFlow reads its environment when it loads, so the first to open it says what any of the plugins needs.
  const environment = Object.assign({}, ...tricks.map(({ create }) => create().environment)) as Environment;
  const open = (): Promise<unknown> => openDevice('tensorflow', { environment });
  opened ??= open().then(
    () => true,
    async () => (await presentDevices(['tensorflow'])).includes('tensorflow'),
  );
  return (await opened) ? undefined : 'tensorflow is absent';
}

type Environment = Readonly<Record<string, string>>;

let opened: Promise<boolean> | undefined;
