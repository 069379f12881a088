import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  type Metric,
  type NextGradients,
  type PassOptions,
  type Plugin,
} from '@cantrip/trainer';
import {
  expectClose,
  followTraining,
  expectSameTraining,
  presentWays,
  tinyData,
  tinyModel,
  weightsOf,
} from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

type Gradients = ReturnType<NextGradients>;

/** A plugin that wraps the gradients, of any name. */
const wrapping = (wrapGradients: Plugin['wrapGradients'], name = 'wrapping'): AnyPlugin => ({
  name,
  wrapGradients: wrapGradients!,
});

/** Moves every variable along its gradient, takes the gradient there, and moves it back: SAM with rho over the norm. */
const ahead = (by: number, options?: PassOptions): AnyPlugin =>
  wrapping((next, { variables }) => {
    const first = next();
    const before = Object.entries(variables).map(
      ([name, one]) => [one, tf.clone(one), first[name]!] as const,
    );
    for (const [variable, value, gradient] of before) variable.assign(tf.add(value, tf.mul(gradient, by)));
    const second = next(options);
    for (const [variable, value] of before) variable.assign(value);
    return second;
  }, 'ahead');

const scaled = (factor: number, name: string): AnyPlugin =>
  wrapping(
    (next) =>
      Object.fromEntries(Object.entries(next()).map(([key, one]) => [key, tf.add(tf.mul(one, 2), factor)])),
    name,
  );

const ways = await presentWays();

describe.each(ways)('wrapGradients $name', ({ tinyTrainer, options }) => {
  const follow = (plugins: readonly AnyPlugin[]): ReturnType<typeof followTraining> =>
    followTraining(plugins, { ...options, checkLossEvery: 1 });

  it('changes nothing where it returns what next gives', async () => {
    expect(await follow([wrapping((next) => next())])).toEqual(await follow([]));
  });

  it('takes the gradients at the values that the variables have then', async () => {
    // One weight w and the loss w^2: at w + 0.5 * 2w = 2w the gradient is 4w, so w becomes w - 0.1 * 4w.
    const trainer = tinyTrainer([ahead(0.5)], {
      model: () => {
        const w = tf.variable(tf.scalar(3));
        return () => tf.mul(w, w);
      },
      loss: (_, outputs) => outputs as tf.Scalar,
      metrics: [],
      optimizer: sgd({ learningRate: 0.1 }),
    });
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    const { run } = await trainer.open();
    expectClose(Object.values(run.variables)[0]!, [3 - 0.1 * 12], { relative: 1e-6 });
    trainer.dispose();
  });

  it('reports the loss of the first pass', async () => {
    const [plain, twice] = [await follow([]), await follow([ahead(0.01)])];
    expect(twice.losses[0]).toBe(plain.losses[0]);
    expect(twice.losses[1]).not.toBe(plain.losses[1]);
  });

  it('counts the first pass alone in loss and metrics', async () => {
    const figuresOf = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
      const counted: Metric = {
        name: 'examples',
        compute: (targets) => tf.scalar((targets as tf.Tensor).shape[0]!),
        measure: (targets) => ({ sum: tf.scalar((targets as tf.Tensor).shape[0]!), weight: tf.scalar(1) }),
      };
      const trainer = tinyTrainer(plugins, {
        metrics: [accuracy(), counted],
        optimizer: sgd({ learningRate: 0 }),
      });
      const { epochs } = await trainer.fit(tinyData(), { epochs: 1 });
      trainer.dispose();
      return epochs;
    };
    const again = wrapping((next) => (next(), next(), next()));
    expect(await figuresOf([again])).toEqual(await figuresOf([]));
  });

  it('keeps no tensors of a pass but its gradients', async () => {
    const counts: number[] = [];
    const many = wrapping((next) => {
      const first = next();
      for (let pass = 0; pass < 5; pass++) {
        tf.dispose(next());
        counts.push(tf.memory().numTensors);
      }
      return first;
    });
    const trainer = tinyTrainer([many], { model: tinyModel, capture: false });
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(counts.length).toBeGreaterThanOrEqual(5);
    expect(new Set(counts.slice(0, 5)).size).toBe(1);
    trainer.dispose();
  });

  it('makes PCGrad possible: gradients of two tasks, projected where they are against each other', async () => {
    // Tasks (a - 1)^2 and (a + 2b)^2 at a = 2, b = -3: gradients (2, 0) and (-8, -16), which are against each other.
    // g1 - (g1.g2 / g2.g2) g2 = (2, 0) + 16 / 320 (-8, -16) = (1.6, -0.8)
    // g2 - (g2.g1 / g1.g1) g1 = (-8, -16) + 16 / 4 (2, 0) = (0, -16); the sum is (1.6, -16.8).
    const pcgrad: AnyPlugin = {
      name: 'pcgrad',
      wrapGradients: (next, { carry }) => {
        const gradientsOf = (task: number): Gradients => {
          carry['task'] = tf.scalar(task);
          return next();
        };
        const [one, other] = [gradientsOf(0), gradientsOf(1)];
        const dot = (a: Gradients, b: Gradients): tf.Scalar =>
          tf.addN(Object.keys(a).map((name) => tf.sum(tf.mul(a[name]!, b[name]!))));
        const projected = (from: Gradients, on: Gradients): Gradients => {
          const share = tf.minimum(tf.div(dot(from, on), dot(on, on)), 0);
          return Object.fromEntries(
            Object.entries(from).map(([name, one]) => [name, tf.sub(one, tf.mul(on[name]!, share))]),
          );
        };
        const [a, b] = [projected(one, other), projected(other, one)];
        return Object.fromEntries(Object.keys(a).map((name) => [name, tf.add(a[name]!, b[name]!)]));
      },
      transformOutputs: (outputs, { carry }) =>
        tf.gather(outputs as tf.Tensor1D, tf.cast(carry['task']!, 'int32')) as tf.Tensor,
    };
    const trainer = tinyTrainer([pcgrad], {
      model: () => {
        const [a, b] = [tf.variable(tf.scalar(2)), tf.variable(tf.scalar(-3))];
        return () => tf.stack([tf.square(tf.sub(a, 1)), tf.square(tf.add(a, tf.mul(b, 2)))]);
      },
      loss: (_, outputs) => outputs as tf.Scalar,
      metrics: [],
      optimizer: sgd({ learningRate: 0.1 }),
    });
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    const { run } = await trainer.open();
    const [a, b] = Object.values(run.variables);
    expectClose(a!, [2 - 0.1 * 1.6], { relative: 1e-5 });
    expectClose(b!, [-3 + 0.1 * 16.8], { relative: 1e-5 });
    trainer.dispose();
  });

  it('nests in list order, the first plugin outside', async () => {
    const seen: Gradients[] = [];
    const order: string[] = [];
    const told = (name: string): AnyPlugin =>
      wrapping((next) => {
        order.push(`${name} begins`);
        const gradients = next();
        order.push(`${name} ends`);
        seen.push(gradients);
        return gradients;
      }, name);
    const trainer = tinyTrainer([told('first'), told('second')]);
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    expect(order.slice(0, 4)).toEqual(['first begins', 'second begins', 'second ends', 'first ends']);
    trainer.dispose();
    // 2 * (2 * g + 1) + 3 inside out, which is 4 * g + 5.
    const [nested, flat] = [
      await follow([scaled(3, 'outer'), scaled(1, 'inner')]),
      await follow([
        wrapping((next) =>
          Object.fromEntries(Object.entries(next()).map(([key, one]) => [key, tf.add(tf.mul(one, 4), 5)])),
        ),
      ]),
    ];
    expectSameTraining(nested, flat);
  });

  it('keeps the statistics of batch normalisation where a second pass would move them', async () => {
    const statistics = async (
      wrapGradients: Plugin['wrapGradients'],
    ): Promise<Record<string, readonly number[]>> => {
      const trainer = tinyTrainer([wrapping(wrapGradients)]);
      await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
      const weights = await weightsOf(trainer);
      trainer.dispose();
      return Object.fromEntries(Object.entries(weights).filter(([name]) => name.includes('moving')));
    };
    const once = await statistics((next) => next());
    expect(await statistics((next) => (next(), next()))).toEqual(once);
    const moved = await statistics((next) => (next(), next({ statistics: 'move' })));
    // Twice towards the same statistics of the same batch, at momentum 0.9: 0.19 of the way instead of 0.1.
    for (const [name, values] of Object.entries(once)) {
      const from = name.includes('variance') ? 1 : 0;
      expectClose(
        moved[name]!,
        values.map((value) => from + (value - from) * 1.9),
        { absolute: 1e-5 },
      );
    }
  });

  it('draws other numbers in a second pass, or the same', async () => {
    const gap = async (random: 'same' | 'other'): Promise<number> => {
      const gaps = tf.variable(tf.scalar(0), false);
      const trainer = tinyTrainer([
        wrapping((next) => {
          const [first, second] = [next(), next({ random })];
          const apart = Object.entries(first).map(([name, one]) =>
            tf.sum(tf.abs(tf.sub(one, second[name]!))),
          );
          gaps.assign(tf.addN(apart) as tf.Scalar);
          return second;
        }),
      ]);
      await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
      trainer.dispose();
      const [value] = gaps.dataSync();
      gaps.dispose();
      return value!;
    };
    expect(await gap('same')).toBeLessThan(1e-6);
    expect(await gap('other')).toBeGreaterThan(1e-2);
  });

  it('leaves no tensor behind, however many passes there are', async () => {
    const trainer = tinyTrainer([ahead(0.01), ahead(0.02)].map((one, i) => ({ ...one, name: `ahead-${i}` })));
    const counts: number[] = [];
    for (const epochs of [1, 2, 3]) {
      await trainer.fit(tinyData(), { epochs });
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    trainer.dispose();
  });

  it('goes on after save and restore to the same bits', async () => {
    const make = (): ReturnType<typeof tinyTrainer> => tinyTrainer([ahead(0.05)]);
    const whole = make();
    await whole.fit(tinyData(), { epochs: 2 });
    const first = make();
    await first.fit(tinyData(), { epochs: 1 });
    const second = make();
    await second.restore(await first.save());
    await second.fit(tinyData(), { epochs: 2 });
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    for (const trainer of [whole, first, second]) trainer.dispose();
  });

  const wrong: readonly (readonly [string, Plugin['wrapGradients'], RegExp])[] = [
    ['does not call next', () => ({}), /^\[wrapping\] wrapGradients must call next/],
    ['returns a promise', (async (next: NextGradients) => next()) as never, /HOOK_ASYNC/],
    [
      'returns nothing',
      (next) => void next() as never,
      /^\[wrapping\] wrapGradients must return the result of next\(\)/,
    ],
    [
      'returns other shapes',
      (next) => Object.fromEntries(Object.keys(next()).map((k) => [k, tf.zeros([7])])),
      /HOOK_RESULT/,
    ],
    [
      'asks for an unknown option',
      (next) => next({ ranodm: 'same' } as never),
      /next has the unknown option ranodm/,
    ],
    [
      'asks for an unknown choice',
      (next) => next({ random: 'new' } as never),
      /next\(\{ random \}\) must be 'other' or 'same', got new/,
    ],
    [
      'reads a value',
      (next) => (Object.values(next())[0]!.dataSync(), next()),
      /^\[wrapping\] wrapGradients must not read the value/,
    ],
    [
      'throws',
      () => {
        throw new Error('no luck');
      },
      /^\[wrapping\] wrapGradients threw: no luck/,
    ],
  ];
  it.each(wrong)('that %s is refused by plugin and hook', async (_, wrapGradients, words) => {
    const trainer = tinyTrainer([wrapping(wrapGradients)], { model: tinyModel });
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(words);
    trainer.dispose();
  });
});
