import {
  atLeast,
  atMost,
  CantripError,
  type Check,
  checkArgument,
  integerIn,
  isPlainObject,
  optional,
  readOptions,
} from '@cantrip/errors';
import type { AnyPlugin, BatchSource, TrainerOptions } from '@cantrip/trainer';
import { numbersCheck } from '../checks/argument-checks.ts';
import { codes } from '../error-codes.ts';
import { expectClose } from './expect-close.ts';
import { tinyData } from '../tiny/tiny-data.ts';
import { tinyTrainer } from '../tiny/tiny-trainer.ts';
import { weightsOf } from './weights.ts';
import { withAllThreads } from './with-all-threads.ts';

/** The results of a training run. */
export interface Followed {
  /** The loss of each step. */
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

export interface FollowOptions {
  /** The number of epochs, at most 100; 2 by default. */
  readonly epochs?: number;
  readonly data?: BatchSource;
}

const followedCheck: Check<Followed> = (value) =>
  isPlainObject(value) &&
  numbersCheck(value['losses']) === undefined &&
  isPlainObject(value['weights']) &&
  Object.values(value['weights']).every((one) => numbersCheck(one) === undefined)
    ? undefined
    : 'must be what followTraining returned';
const listCheck: Check<unknown> = (value) =>
  Array.isArray(value) ? undefined : 'must be an array of plugins';
const objectCheck: Check<unknown> = (value) =>
  isPlainObject(value) ? undefined : 'must be an object of options';
const dataCheck: Check<unknown> = (value) =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { batches?: unknown }).batches === 'function'
    ? undefined
    : 'must be a source of batches, such as tinyData()';
const followChecks = {
  epochs: optional(integerIn(atLeast(1), atMost(100)), 2),
  data: optional(dataCheck),
};

/**
 * Trains a tiny trainer, returns its losses, and disposes it. A captured step uses all threads in an op, as ops outside it
 * do.
 *
 * @throws CantripError OPTION_INVALID; what createTrainer and fit throw
 * @example
 * ```ts
 * const { losses } = await followTraining([myPlugin()], {}, { epochs: 1 });
 * ```
 */
export async function followTraining(
  plugins: readonly AnyPlugin[],
  options: Partial<TrainerOptions> = {},
  follow: FollowOptions = {},
): Promise<Followed> {
  const who = 'followTraining';
  checkArgument(who, 'plugins', listCheck, plugins);
  checkArgument(who, 'options', objectCheck, options);
  const { epochs, data = tinyData() } = readOptions(who, followChecks, follow) as FollowOptions & {
    epochs: number;
  };
  const losses: number[] = [];
  const reader: AnyPlugin = {
    name: 'loss-reader',
    onStepEnd: async ({ loss }) => void losses.push(await loss()),
  };
  const trainer = tinyTrainer([...plugins, reader], options);
  try {
    await withAllThreads(() => trainer.fit(data, { epochs }));
    return { losses, weights: await weightsOf(trainer) };
  } finally {
    trainer.dispose();
  }
}

/**
 * Expects the same losses to 1e-4 relative in each step, and the same weights within the tolerance that this
 * implies.
 *
 * @throws CantripError TESTING_DIFFERENT; OPTION_INVALID
 * @example
 * ```ts
 * expectSameTraining(await followTraining([], { capture: true }), await followTraining([], { capture: false }));
 * ```
 */
export function expectSameTraining(actual: Followed, expected: Followed): void {
  checkArgument('expectSameTraining', 'actual', followedCheck, actual);
  checkArgument('expectSameTraining', 'expected', followedCheck, expected);
  expectClose(actual.losses, expected.losses, { relative: 1e-4 });
  const [names, wanted] = [actual, expected].map(({ weights }) => Object.keys(weights).join(', '));
  if (names !== wanted) throw otherNames(names!, wanted!);
  for (const [name, values] of Object.entries(expected.weights)) {
    expectClose(actual.weights[name]!, values, { relative: 1e-3, absolute: 1e-5 });
  }
}

function otherNames(names: string, wanted: string): CantripError {
  return new CantripError(codes.TESTING_DIFFERENT, {
    who: 'expectSameTraining',
    what: `the weights are named ${names}, and must be named ${wanted}`,
    fix: 'Compare two trainings of the same model',
  });
}
