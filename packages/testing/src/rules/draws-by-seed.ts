import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { scattered } from '../compare/finite-differences.ts';
import { tinyData } from '../tiny/tiny-data.ts';
import { tinyModel } from '../tiny/tiny-model.ts';
import { type Bench, computed, requireSame } from '../bench/bench.ts';
import { firstDifference } from '../bench/first-difference.ts';
import { notKept } from '../bench/not-kept.ts';
import { type Outcome, outcomeOf } from '../bench/outcome.ts';
import type { Rule } from '../bench/rule.ts';

const fix =
  "Draw with random('…') of the step, or on the host with randomStream of @cantrip/ops and the run's seed";

export const sameSeedSameBits: Rule = {
  name: 'computes the same bits again for the same seed, and draws no number elsewhere',
  also: 'captured',
  async check({ create, course, trainer, plainTrainer, unbroken }) {
    const expected = await unbroken();
    const without = await countRandomCalls(() => outcomeOf(plainTrainer(), course));
    let again: Outcome | undefined;
    const calls = await countRandomCalls(
      async () => void (again = await outcomeOf(trainer(create()), course)),
    );
    if (calls > without)
      notKept(
        `Math.random is called ${calls - without} times more than without the plugin, and has no seed`,
        fix,
      );
    requireSame(again, expected, { where: 'in another run of the same seed', fix });
  },
};

/** The same weights, order of the data and no dropout: then only the trick can draw. */
export const otherSeed: Rule = {
  name: 'draws other numbers for another seed, if it draws at all',
  skips: ({ trick, create }) => {
    if (create().seed !== undefined) return 'the trick sets the seed';
    return trick.options === undefined ? undefined : 'the trick has options of its own';
  },
  async check(bench) {
    const [first, second] = [await outcomeOfSeed(bench, 1), await outcomeOfSeed(bench, 2)];
    const difference = firstDifference(first, second);
    if (bench.trick.draws && !difference)
      notKept('two runs of different seeds, with the same weights and data, compute the same bits', fix);
    if (!bench.trick.draws && difference)
      notKept(
        `${difference.path} depends on the seed of the run`,
        'Set draws to true in testTrick if the trick draws random numbers',
      );
  },
};

async function outcomeOfSeed({ create, course, trainer }: Bench, seed: number): Promise<unknown> {
  const plugin = create();
  const data = tinyData();
  const inOrder = {
    ...data,
    batches: (request: Parameters<typeof data.batches>[0]) => data.batches({ ...request, seed: 0, epoch: 0 }),
  };
  const seeded: AnyPlugin = { name: 'one-seed', seed };
  return computed(
    await outcomeOf(trainer(plugin, { model: fixedModel }, [seeded, plugin]), {
      data: inOrder,
      epochs: course.epochs,
    }),
  );
}

function fixedModel(): LayersModel {
  const model = tinyModel();
  for (const layer of model.layers) if ('rate' in layer) layer.rate = 0;
  const weights = model.getWeights().map(({ shape }, i) => scattered(shape, i + 1));
  // The moving variance of batch normalisation must not be negative.
  model.setWeights(weights.map((one) => tf.abs(one)));
  for (const one of weights) one.dispose();
  return model;
}

async function countRandomCalls(work: () => Promise<unknown>): Promise<number> {
  const { random } = Math;
  let calls = 0;
  Math.random = () => ((calls += 1), random());
  try {
    await work();
  } finally {
    Math.random = random;
  }
  return calls;
}
