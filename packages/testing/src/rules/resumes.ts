import { accumulateGradients, type Optimizer } from '@cantrip/optimizers';
import type { Snapshot, TrainerOptions } from '@cantrip/trainer';
import { tinyOptimizer } from '../tiny/tiny-trainer.ts';
import { type Bench, ownOptions, requireSame } from '../bench/bench.ts';
import { type Outcome, outcomeOf, trainUntil } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';

const fix =
  'Keep numbers in state and tensors in variables, which the trainer saves, and compute from step and epoch; a count of your own calls starts again';

export const resumes: Rule = {
  name: 'goes on after save and restore as if never stopped, also within an epoch',
  also: 'everywhere',
  async check(bench) {
    const unbroken = await bench.unbroken();
    for (const step of [2, 3, 4]) {
      const resumed = await resumedAt(step, bench);
      requireSame(resumed, unbroken, { where: `in the run that was not stopped at step ${step}`, fix });
    }
  },
};

export const restoresInPlace: Rule = {
  name: 'goes back to an earlier snapshot in a trainer that has trained further',
  async check({ create, course, trainer, unbroken }) {
    const one = trainer(create());
    await trainUntil(2, one, course);
    const snapshot = structuredClone(await one.save());
    await trainUntil(4, one, course);
    await one.restore(snapshot);
    const actual = await outcomeOf(one, course);
    requireSame(actual, await unbroken(), {
      where: 'in the run that did not go back',
      fix: `${fix}. What a hook remembers elsewhere is not restored`,
    });
  },
};

/** With two batches a step, an epoch of three batches ends in a step of one batch. */
export const resumesAccumulating: Rule = {
  name: 'goes on after save and restore also where a step has several batches',
  also: 'captured',
  skips: (bench) => (accumulating(bench) ? undefined : 'the optimizer cannot be wrapped'),
  async check(bench) {
    const more = accumulating(bench)!;
    const unbroken = await outcomeOf(bench.trainer(bench.create(), more), bench.course);
    for (const step of [1, 2, 3]) {
      const resumed = await resumedAt(step, bench, more);
      const where = `with several batches a step, in the run that was not stopped at step ${step}`;
      requireSame(resumed, unbroken, { where, fix });
    }
  },
};

export const namesInAnyOrder: Rule = {
  name: 'restores what is saved, in any order of the names',
  async check(bench) {
    const resumed = await resumedAt(2, bench, {}, turnedAround);
    requireSame(resumed, await bench.unbroken(), {
      where: 'where the names of the snapshot keep their order',
      fix: 'Read state and variables by name, never by place',
    });
  },
};

/** The optimizer of the trick, with several batches a step, two if the trick does not say; undefined where that cannot be. */
export function accumulating({ trick, create }: Bench): Partial<TrainerOptions> | undefined {
  const given = ownOptions(trick, create()).optimizer;
  if (given === undefined) return { optimizer: accumulateGradients(tinyOptimizer(), { steps: 2 }) };
  if (typeof given !== 'object' || !('start' in given)) return undefined;
  const { batchesPerStep } = given as Optimizer;
  if (batchesPerStep !== undefined) return batchesPerStep > 1 ? { optimizer: given } : undefined;
  return { optimizer: accumulateGradients(given as Optimizer, { steps: 2 }) };
}

async function resumedAt(
  step: number,
  { create, course, trainer }: Bench,
  more: Partial<TrainerOptions> = {},
  change: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot,
): Promise<Outcome> {
  const first = trainer(create(), more);
  await trainUntil(step, first, course);
  const snapshot = structuredClone(await first.save());
  const figures = await first.evaluate(course.data);
  first.dispose();
  const second = trainer(create(), more);
  await second.restore(change(snapshot));
  const evaluated = { figures: await second.evaluate(course.data) };
  requireSame(
    evaluated,
    { figures },
    {
      where: `in the run that was evaluated at step ${step} and not stopped`,
      fix: `${fix}. What a step changes of the model must be there for an evaluation too`,
    },
  );
  return outcomeOf(second, course);
}

function turnedAround(snapshot: Snapshot): Snapshot {
  const plugins = Object.entries(snapshot.plugins).map(([name, { state, variables }]) => {
    return [name, { state: reversed(state), variables: reversed(variables) }] as const;
  });
  return { ...snapshot, slots: reversed(snapshot.slots), plugins: reversed(Object.fromEntries(plugins)) };
}

/** The same object, with its keys in the opposite order. */
export const reversed = <T extends object>(given: T): T =>
  Object.fromEntries(Object.entries(given).reverse()) as T;
