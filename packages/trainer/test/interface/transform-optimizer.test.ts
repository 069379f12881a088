import * as tf from '@tensorflow/tfjs-core';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
import { presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

/** An average of the weights after each update, as a newcomer would write it: no closure, no read, saved by name. */
const averaging = (decay = 0.5): AnyPlugin =>
  ({
    name: 'averaging',
    variables: (run) =>
      Object.fromEntries(
        Object.entries(run.variables).map(([name, one]) => [name, tf.variable(tf.clone(one), false)]),
      ),
    transformOptimizer: (optimizer, { ownVariables }) => ({
      ...optimizer,
      apply(update) {
        optimizer.apply(update);
        if (update.phase === 'accumulate') return;
        for (const [name, average] of Object.entries(ownVariables)) {
          const now = update.variables[name];
          if (now) average.assign(tf.add(tf.mul(average, decay), tf.mul(now, 1 - decay)));
        }
      },
    }),
    onEvaluateBegin: ({ purpose, ownVariables, evaluateWith }) => {
      if (purpose === 'validation') evaluateWith(ownVariables);
    },
  }) satisfies Plugin;

describe.each(await presentWays())('transformOptimizer $name', ({ tinyTrainer }) => {
  it('sees the weights after each update', async () => {
    const averages: Record<string, number>[] = [];
    const weights: Record<string, number>[] = [];
    const one = (values: Readonly<Record<string, tf.Variable>>): Record<string, number> =>
      Object.fromEntries(Object.entries(values).map(([name, variable]) => [name, variable.dataSync()[0]!]));
    const plugin = averaging();
    const trainer = tinyTrainer([
      {
        ...plugin,
        onTrainBegin: ({ run }: { run: { trainable(): Record<string, tf.Variable> } }) =>
          void weights.push(one(run.trainable())),
        onStepEnd: ({ run, ownVariables }: never) => {
          weights.push(one((run as { trainable(): Record<string, tf.Variable> }).trainable()));
          averages.push(one(ownVariables as Record<string, tf.Variable>));
        },
      } as AnyPlugin,
    ]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(averages).toHaveLength(3);
    let expected = weights[0]!;
    for (const [index, average] of averages.entries()) {
      const now = weights[index + 1]!;
      expected = Object.fromEntries(
        Object.keys(now).map((name) => [name, expected[name]! / 2 + now[name]! / 2]),
      );
      for (const [name, value] of Object.entries(expected)) expect(average[name]).toBeCloseTo(value, 5);
    }
    trainer.dispose();
  });

  it.each([1, 3])(
    'wraps what receives the mean of %i batches, and its errors name the plugin',
    async (steps) => {
      const wrapping = (name: string, change: (gradient: tf.Tensor) => tf.Tensor): AnyPlugin => ({
        name,
        transformOptimizer(optimizer) {
          optimizer.wrapUpdate!(
            (apply) => (update) =>
              apply({
                ...update,
                gradients: Object.fromEntries(
                  Object.entries(update.gradients).map(([one, gradient]) => [one, change(gradient)]),
                ),
              }),
          );
          return { ...optimizer };
        },
      });
      const optimizer = accumulateGradients(sgd({ learningRate: 0.1 }), { steps });
      const still = tinyTrainer([wrapping('still', (gradient) => tf.zerosLike(gradient))], { optimizer });
      await still.open();
      const trained = async (): Promise<unknown> =>
        Object.entries(await weightsOf(still)).filter(([name]) => !/moving/.test(name));
      const before = await trained();
      await still.fit(tinyData(), { epochs: 1 });
      expect(await trained()).toEqual(before);
      still.dispose();
      const reading = wrapping('reading', (gradient) => tf.scalar(gradient.dataSync()[0]!));
      const failing = tinyTrainer([reading], { optimizer });
      await expect(failing.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
        /\[reading\] transformOptimizer .+\(HOOK_READ_VALUE\)/,
      );
      failing.dispose();
    },
  );

  it('follows the phases of accumulation', async () => {
    const phases: string[] = [];
    const trainer = tinyTrainer(
      [
        {
          name: 'phases',
          transformOptimizer: (optimizer) => ({
            ...optimizer,
            apply(update) {
              phases.push(update.phase);
              optimizer.apply(update);
            },
          }),
        } satisfies Plugin,
      ],
      { optimizer: accumulateGradients(sgd({ learningRate: 0.1 }), { steps: 3 }), capture: false },
    );
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(phases).toEqual(['accumulate', 'accumulate', 'update']);
    trainer.dispose();
  });

  it('nests in list order, the last plugin outside', async () => {
    const order: string[] = [];
    const told = (name: string): AnyPlugin => ({
      name,
      transformOptimizer: (optimizer) => ({
        ...optimizer,
        apply(update) {
          order.push(`${name} before`);
          optimizer.apply(update);
          order.push(`${name} after`);
        },
      }),
    });
    const trainer = tinyTrainer([told('first'), told('second')]);
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    expect(order.slice(0, 4)).toEqual(['second before', 'first before', 'first after', 'second after']);
    trainer.dispose();
  });

  it('keeps its tensors over save and restore, and the trainer frees them', async () => {
    const make = (): ReturnType<typeof tinyTrainer> => tinyTrainer([averaging()]);
    const whole = make();
    const validation = tinyData({ examples: 9 });
    const all = await whole.fit(tinyData(), { epochs: 2, validation });
    const first = make();
    await first.fit(tinyData(), { epochs: 1, validation });
    const second = make();
    await second.restore(structuredClone(await first.save()));
    const rest = await second.fit(tinyData(), { epochs: 2, validation });
    expect(rest.epochs.at(-1)).toEqual(all.epochs.at(-1));
    expect((await second.save()).plugins).toEqual((await whole.save()).plugins);
    const { run } = await whole.open();
    const count = Object.keys(run.variables).length;
    const before = tf.memory().numTensors;
    whole.dispose();
    // The averages, the optimizer's momentum, the totals: all but the model's own.
    expect(before - tf.memory().numTensors).toBeGreaterThan(count);
    for (const trainer of [first, second]) trainer.dispose();
  });

  it('evaluates with the averages, and trains on with its own weights', async () => {
    const run = async (plugins: readonly AnyPlugin[]): Promise<[unknown, unknown]> => {
      const trainer = tinyTrainer(plugins);
      const { epochs } = await trainer.fit(tinyData(), { epochs: 2, validation: tinyData({ examples: 9 }) });
      const weights = await weightsOf(trainer);
      trainer.dispose();
      return [epochs.map((logs) => logs['validation_loss']), weights];
    };
    const [plainLosses, plainWeights] = await run([]);
    const [losses, weights] = await run([averaging()]);
    expect(weights).toEqual(plainWeights);
    expect(losses).not.toEqual(plainLosses);
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'returns nothing',
      () => undefined,
      /^\[wrong\] transformOptimizer must return an optimizer with apply, slots, restore, dispose, got undefined/,
    ],
    ['returns a promise', async (optimizer: unknown) => Promise.resolve(optimizer), /HOOK_ASYNC/],
    ['forgets a method', ({ apply }: { apply: unknown }) => ({ apply }), /without slots, restore, dispose/],
    [
      'throws',
      () => {
        throw new Error('no luck');
      },
      /^\[wrong\] transformOptimizer threw: no luck/,
    ],
    [
      'waits in apply',
      (optimizer: { apply(update: unknown): void }) => ({
        ...optimizer,
        async apply(update: unknown) {
          await Promise.resolve();
          optimizer.apply(update);
        },
      }),
      /^\[wrong\] apply of transformOptimizer must be synchronous, but it returned a promise.*\(HOOK_ASYNC\)$/,
    ],
    [
      'reads a value in apply',
      (optimizer: { apply(update: unknown): void }) => ({
        ...optimizer,
        apply(update: { learningRate: tf.Scalar }) {
          update.learningRate.dataSync();
          optimizer.apply(update);
        },
      }),
      /^\[wrong\] transformOptimizer must not read the value/,
    ],
  ];
  it.each(wrong)('that %s is refused by plugin and hook', async (_, transformOptimizer, words) => {
    const trainer = tinyTrainer([{ name: 'wrong', transformOptimizer } as AnyPlugin]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(words);
    trainer.dispose();
  });

  it('refuses an optimizer of a user whose apply waits', async () => {
    const inner = sgd({ learningRate: 0.1 });
    const waiting = {
      ...inner,
      name: 'waiting',
      start: (...given: Parameters<typeof inner.start>) => ({
        ...inner.start(...given),
        apply: async () => Promise.resolve(),
      }),
    };
    const trainer = tinyTrainer([], { optimizer: waiting as never });
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      /^\[waiting\] apply of the optimizer must be synchronous.*\(HOOK_ASYNC\)$/,
    );
    trainer.dispose();
  });
});
