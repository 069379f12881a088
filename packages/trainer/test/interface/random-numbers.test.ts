import * as tf from '@tensorflow/tfjs-core';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import type { AnyPlugin, HostContext, StepContext } from '@cantrip/trainer';
import { distanceFrom, expectClose, loadGolden, presentWays, tinyData, type Way } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

interface Cases {
  readonly gamma: readonly { readonly shape: number; readonly quantiles: readonly number[] }[];
  readonly beta: readonly { readonly a: number; readonly b: number; readonly quantiles: readonly number[] }[];
  readonly probabilities: readonly number[];
}

const url = new URL('../../../ops/test/golden/distributions.json', import.meta.url);
const { cases } = loadGolden<Cases>(url);

type Draw = (context: StepContext) => tf.Tensor;

/** Draws in each step, and notes what was drawn. */
function drawing(draw: Draw, like: tf.Tensor, drawn: number[][]): AnyPlugin {
  return {
    name: 'drawing',
    variables: () => ({ drawn: tf.variable(tf.zerosLike(like), false) }),
    transformBatch(batch: never, context: StepContext) {
      context.ownVariables['drawn']!.assign(draw(context));
      return batch;
    },
    onStepEnd: ({ ownVariables }: HostContext) => void drawn.push([...ownVariables['drawn']!.dataSync()]),
  };
}

/** What each of six steps draws; if asked, another trainer draws the last three. */
async function drawnBy(
  { tinyTrainer }: Way,
  draw: Draw,
  like: tf.Tensor,
  resumed = false,
): Promise<number[][]> {
  const drawn: number[][] = [];
  const plugins = [drawing(draw, like, drawn)];
  const first = tinyTrainer(plugins);
  await first.fit(tinyData(), { epochs: resumed ? 1 : 2 });
  if (resumed) {
    const second = tinyTrainer(plugins);
    await second.restore(await first.save());
    await second.fit(tinyData(), { epochs: 2 });
    second.dispose();
  }
  first.dispose();
  return drawn;
}

const ways = await presentWays();

const draws: readonly (readonly [string, Draw, () => tf.Tensor])[] = [
  ['gamma', ({ random }) => random('gamma').gamma([5], 0.3), () => tf.zeros([5])],
  ['beta', ({ random }) => random('beta').beta([2, 3], 0.2, 1.5), () => tf.zeros([2, 3])],
  ['permutation', ({ random }) => random('order').permutation(11), () => tf.zeros([11], 'int32')],
];

describe.each(ways)('random numbers of a step, $name', (way) => {
  it.each(draws)('%s: other ones in each step, and the same as op by op on cpu', async (_, draw, like) => {
    const drawn = await drawnBy(way, draw, like());
    expect(new Set(drawn.map(String)).size).toBe(6);
    const wanted = await drawnBy(ways[0]!, draw, like());
    drawn.forEach((numbers, step) => expectClose(numbers, wanted[step]!, { absolute: 1e-5, relative: 1e-4 }));
  });

  it.each(draws)('%s: the same after a resume', async (_, draw, like) => {
    expect(await drawnBy(way, draw, like(), true)).toEqual(await drawnBy(way, draw, like()));
  });

  it('a permutation equals that of the host, also of many numbers', async () => {
    const onHost: number[][] = [];
    const drawn: number[][] = [];
    const host: AnyPlugin = {
      name: 'host',
      onStepBegin: ({ random }) => void onHost.push([...random('order').permutation(5000)]),
    };
    const draw: Draw = ({ random }) => random('order').permutation(5000);
    const trainer = way.tinyTrainer([host, drawing(draw, tf.zeros([5000], 'int32'), drawn)]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(drawn).toEqual(onHost);
  });

  it('alpha may be a scalar of the step', async () => {
    const scheduled: AnyPlugin = { name: 'scheduled', scheduleScalars: (all) => ({ ...all, alpha: 0.3 }) };
    const drawn: number[][] = [];
    const draw: Draw = ({ random, scalar }) => random('gamma').gamma([5], scalar('alpha'));
    const trainer = way.tinyTrainer([scheduled, drawing(draw, tf.zeros([5]), drawn)]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    const wanted = await drawnBy(way, draws[0]![1], tf.zeros([5]));
    drawn.forEach((numbers, step) => expectClose(numbers, wanted[step]!, { relative: 1e-5 }));
  });
});

describe.each([ways[0]!, ways.at(-1)!])('the distribution of many numbers, $name', (way) => {
  const count = 20_000;
  const distance = async (draw: Draw, quantiles: readonly number[]): Promise<number> => {
    const [numbers] = await drawnBy(way, draw, tf.zeros([count]));
    // Nearer to 1, float32 has too few numbers for so steep a distribution.
    const known = quantiles.findIndex((quantile) => quantile > 1 - 1e-6 && quantile < 1);
    const compared = known === -1 ? quantiles : quantiles.slice(0, known);
    return distanceFrom(numbers!, compared, cases.probabilities.slice(0, compared.length));
  };

  it.each(cases.gamma)('gamma of $shape is that of SciPy', async ({ shape, quantiles }) => {
    expect(await distance(({ random }) => random('a').gamma([count], shape), quantiles)).toBeLessThan(1.63);
  });

  it.each([1e-30, 1e-3, 1e5])(
    'beta of %d and itself is 0 or 1, or near the middle, and never NaN',
    async (shape) => {
      const [drawn] = await drawnBy(
        way,
        ({ random }) => random('a').beta([2000], shape, shape),
        tf.zeros([2000]),
      );
      const middle = drawn!.filter((one) => one > 0.4 && one < 0.6).length;
      // For 0.001, SciPy expects 0.8 of 2000.
      expect(Math.abs(middle - (shape < 1 ? 0 : 2000))).toBeLessThan(6);
      expect(drawn!.filter((one) => !(one >= 0 && one <= 1))).toEqual([]);
      expect(drawn!.reduce((sum, one) => sum + one) / 2000).toBeCloseTo(0.5, 1);
    },
  );

  it.each(cases.beta)('beta of $a and $b is that of SciPy', async ({ a, b, quantiles }) => {
    expect(await distance(({ random }) => random('a').beta([count], a, b), quantiles)).toBeLessThan(1.63);
  });
});

it('a permutation of 3 in a step is each order equally often', async () => {
  const [drawn] = await drawnBy(
    ways[0]!,
    ({ random }) => tf.concat(Array.from({ length: 600 }, () => random('order').permutation(3))),
    tf.zeros([1800], 'int32'),
  );
  const counts = new Map<string, number>();
  for (let at = 0; at < 1800; at += 3) {
    const order = drawn!.slice(at, at + 3).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  const chiSquare = [...counts.values()].reduce((sum, seen) => sum + (seen - 100) ** 2 / 100, 0);
  expect(counts.size).toBe(6);
  expect(chiSquare).toBeLessThan(20.52);
});

describe('a host hook', () => {
  const trained = async (plugins: readonly AnyPlugin[], steps = 1): Promise<void> => {
    const optimizer = accumulateGradients(sgd({ learningRate: 0.1 }), { steps });
    const trainer = ways[0]!.tinyTrainer(plugins, { optimizer });
    await trainer.fit(tinyData(), { epochs: 2 });
    trainer.dispose();
  };

  it('draws other numbers in each step, continues within a call, and begins anew in the next call', async () => {
    const seen: number[][] = [];
    const both: AnyPlugin = {
      name: 'both',
      onStepBegin: ({ random }) => void seen.push([random('a').beta(1, 2), random('a').beta(1, 2)]),
      scheduleScalars(scalars, { random }) {
        const [first, second] = seen.at(-1)!;
        expect(random('a').beta(1, 2)).toBe(first);
        expect(first).not.toBe(second);
        return scalars;
      },
    };
    await trained([both]);
    expect(new Set(seen.flat()).size).toBe(12);
  });

  it('draws by the first batch of a step that has several', async () => {
    const seen: number[] = [];
    await trained(
      [{ name: 'host', onStepBegin: ({ random }: HostContext) => void seen.push(random('a').uniform()) }],
      3,
    );
    expect(new Set(seen).size).toBe(2);
  });

  it('and a step refuse a number out of range, with the name of the argument', async () => {
    const wrong: readonly (readonly [AnyPlugin, RegExp])[] = [
      [
        { name: 'a', scheduleScalars: (all, { random }) => ({ ...all, share: random('a').beta(0, 1) }) },
        /\[RandomStream\.beta\] a must be >= 1e-30, got 0/,
      ],
      [
        { name: 'a', transformBatch: (batch, { random }) => (random('a').beta([2], 1, -1), batch) },
        /\[random\.beta\] b must be >= 1e-30, got -1/,
      ],
      [
        { name: 'a', transformBatch: (batch, { random }) => (random('a').gamma([2], NaN), batch) },
        /\[random\.gamma\] alpha must be a number, got NaN/,
      ],
      [
        { name: 'a', transformBatch: (batch, { random }) => (random('a').permutation(0), batch) },
        /\[random\.permutation\] n must be >= 1, got 0/,
      ],
    ];
    for (const [plugin, words] of wrong) await expect(trained([plugin])).rejects.toThrow(words);
  });
});
