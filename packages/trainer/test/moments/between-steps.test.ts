import { setTimeout } from 'node:timers/promises';
import type { HostTensor } from '@cantrip/ops';
import { sgd } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import type { AnyPlugin, BatchSource, Plugin, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const one: HostTensor = { values: Float32Array.of(1), shape: [1, 1] };
const example = { inputs: one, targets: one, size: 1 };

/** So many times the same example. */
const ones = (stepsPerEpoch: number): BatchSource => ({
  stepsPerEpoch,
  batches: ({ start }) => Array.from({ length: stepsPerEpoch - start }, () => example),
});

/** Gives its examples one by one, and calls a function before each. */
const slowly = (stepsPerEpoch: number, before: () => unknown): BatchSource => ({
  stepsPerEpoch,
  async *batches({ start }) {
    for (let batch = start; batch < stepsPerEpoch; batch++) {
      await before();
      yield example;
    }
  },
});

/** The output and the loss are the number of steps done: each step adds 1 to the one weight. */
const counter = ({ tinyTrainer }: Way, plugins: readonly AnyPlugin[] = []): Trainer =>
  tinyTrainer(plugins, {
    model: () => {
      const weight = tf.variable(tf.scalar(0));
      return (inputs) => tf.mul(inputs as tf.Tensor, weight);
    },
    optimizer: sgd({ learningRate: 1 }),
    loss: (_targets, outputs) => tf.neg(tf.mean(outputs as tf.Tensor)) as tf.Scalar,
    metrics: [],
  });

const weightIn = ({ variables }: Awaited<ReturnType<Trainer['save']>>): number =>
  Object.values(variables)[0]!.values[0]!;

async function predicted(trainer: Trainer): Promise<number> {
  const output = (await trainer.predict(one)) as tf.Tensor;
  const [value] = output.dataSync();
  output.dispose();
  return value!;
}

const asks: readonly (readonly [string, (trainer: Trainer) => Promise<number>])[] = [
  ['save', async (trainer) => weightIn(await trainer.save())],
  ['predict', predicted],
  ['evaluate', async (trainer) => 0 - (await trainer.evaluate(slowly(3, () => setTimeout(1))))['loss']!],
];

describe.each(await presentWays())('between two steps, $name,', (way) => {
  describe.each(asks)('%s', (_, ask) => {
    const hooks = ['onTrainBegin', 'onEpochBegin', 'onStepEnd', 'onEpochEnd', 'onTrainEnd'] as const;
    it.each(hooks)('works at once in %s', async (hook) => {
      const seen: number[][] = [];
      const asking: Plugin = {
        name: 'asking',
        [hook]: async ({ step }: { readonly step: number }) => {
          await setTimeout(1);
          seen.push([step, await ask(trainer)]);
        },
      };
      const trainer = counter(way, [asking]);
      await trainer.fit(ones(3), { epochs: 2, validation: ones(1) });
      expect(seen.length).toBeGreaterThan(0);
      for (const [step, value] of seen) expect(value).toBe(step);
    });

    it('works in onError, on what the failed run left', async () => {
      let value = Number.NaN;
      const failing: Plugin = {
        name: 'failing',
        onStepEnd: ({ step }) => (step === 2 ? Promise.reject(new Error('full')) : undefined),
        onError: async () => void (value = await ask(trainer)),
      };
      const trainer = counter(way, [failing]);
      await expect(trainer.fit(ones(3), { epochs: 1 })).rejects.toThrow(/full/);
      expect(value).toBe(2);
    });

    it('called from outside sees one step, and the training sees nothing of it', async () => {
      const values: number[] = [];
      const trainer = counter(way);
      let training = true;
      const asking = async (): Promise<void> => {
        while (training) {
          const two = await Promise.all([ask(trainer), ask(trainer)]);
          values.push(...two);
          await setTimeout(1);
        }
      };
      const fitting = trainer.fit(
        slowly(20, () => setTimeout(1)),
        {
          epochs: 2,
          validation: slowly(3, () => setTimeout(1)),
        },
      );
      const asked = asking();
      const { epochs } = await fitting;
      training = false;
      await asked;
      expect(values.length).toBeGreaterThan(10);
      for (const value of values) expect(Number.isInteger(value)).toBe(true);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      // The mean of 0 to 19, and of 20 to 39.
      expect(epochs).toEqual([
        { loss: -9.5, validation_loss: -20 },
        { loss: -29.5, validation_loss: -40 },
      ]);
    });

    it('that a hook does not wait for is waited for by the next step', async () => {
      const found: Promise<number>[] = [];
      const asking: Plugin = { name: 'asking', onStepEnd: () => void found.push(ask(trainer)) };
      const trainer = counter(way, [asking]);
      await trainer.fit(ones(4), { epochs: 1 });
      expect(await Promise.all(found)).toEqual([1, 2, 3, 4]);
    });

    it('works in the data of fit, of its validation and of evaluate', async () => {
      const trainer: Trainer = counter(way);
      const found: number[] = [];
      const data = slowly(2, async () => void found.push(await ask(trainer)));
      const { epochs } = await trainer.fit(data, {
        epochs: 1,
        validation: _ === 'evaluate' ? ones(2) : data,
      });
      expect(epochs).toEqual([{ loss: -0.5, validation_loss: -2 }]);
      if (_ !== 'evaluate') expect(await trainer.evaluate(data)).toEqual({ loss: -2 });
      expect(found.length).toBeGreaterThanOrEqual(2);
    });

    it('answers also when fit is stopped, or fails, while it waits', async () => {
      for (const fails of [false, true]) {
        let found: Promise<number> | undefined;
        const trainer: Trainer = counter(way);
        const { run } = await trainer.open();
        const data = slowly(5, () => {
          if (trainer.position().step < 3) return;
          found ??= ask(trainer);
          if (fails) throw new Error('lost');
          run.stop('enough');
        });
        const fitting = trainer.fit(data, { epochs: 1 });
        if (fails) await expect(fitting).rejects.toThrow(/lost/);
        else expect(await fitting).toMatchObject({ stopped: 'enough' });
        expect(await found).toBe(trainer.position().step);
      }
    });
  });

  it('evaluations at once do not mix their figures', async () => {
    const trainer = counter(way);
    await trainer.fit(ones(1), { epochs: 1 });
    const two: HostTensor = { values: Float32Array.of(2), shape: [1, 1] };
    const twos: BatchSource = { stepsPerEpoch: 1, batches: () => [{ ...example, inputs: two }] };
    const data = slowly(3, () => setTimeout(1));
    const figures = await Promise.all([data, twos, data].map((source) => trainer.evaluate(source)));
    expect(figures).toEqual([{ loss: -1 }, { loss: -2 }, { loss: -1 }]);
  });

  it('evaluate in a hook neither takes back a stop nor sees the data of validation', async () => {
    const figures: unknown[] = [];
    const two: HostTensor = { values: Float32Array.of(2), shape: [1, 1] };
    const twos: BatchSource = { batchesPerEpoch: 1, batches: () => [{ ...example, inputs: two }] };
    const stopping: Plugin = { name: 'stopping', onEpochEnd: ({ run }) => run.stop('enough') };
    const asking: Plugin = {
      name: 'asking',
      onEpochEnd: async ({ logs }) => void figures.push(logs, await trainer.evaluate(twos)),
    };
    const trainer: Trainer = counter(way, [stopping, asking]);
    const history = await trainer.fit(ones(2), { epochs: 5, validation: ones(1) });
    expect(history).toMatchObject({ stopped: 'enough', epochs: [{ loss: -0.5 }] });
    expect(figures).toEqual([{ loss: -0.5, validation_loss: -2 }, { loss: -4 }]);
  });

  it('evaluate in the data of another evaluate is refused, and that one goes on', async () => {
    const trainer: Trainer = counter(way);
    const refused: unknown[] = [];
    const data = slowly(2, () => trainer.evaluate(ones(1)).catch((error: unknown) => refused.push(error)));
    expect((await trainer.evaluate(data))['loss']).toBeCloseTo(0);
    expect(String(refused[0])).toMatch(
      /evaluate must not be called by the data that evaluate reads\. Call it after evaluate has ended\. \(TRAINER_BUSY\)/,
    );
  });

  it.each(['fit', 'restore', 'dispose'] as const)('%s is refused during fit, which goes on', async (what) => {
    const refused: string[] = [];
    const asking = async (): Promise<void> => {
      const snapshot = await trainer.save();
      try {
        await {
          fit: () => trainer.fit(ones(1), { epochs: 1 }),
          restore: () => trainer.restore(snapshot),
          dispose: () => trainer.dispose(),
        }[what]();
      } catch (error) {
        refused.push(String(error));
      }
    };
    const trainer: Trainer = counter(way, [{ name: 'asking', onStepEnd: asking }]);
    await trainer.fit(slowly(2, asking), { epochs: 1 });
    expect(refused.length).toBeGreaterThanOrEqual(4);
    for (const message of refused) {
      expect(message).toContain(
        `[trainer] ${what} was called while fit is running. Call it after fit has ended, not in a hook; run.stop() ends fit after the current step. (TRAINER_BUSY)`,
      );
    }
    expect(await predicted(trainer)).toBe(2);
  });

  it('what is asked for before fit is done before it, restore too', async () => {
    const first = counter(way);
    await first.fit(ones(3), { epochs: 1 });
    const snapshot = await first.save();
    const second = counter(way);
    const restored = second.restore(snapshot);
    const fitted = second.fit(ones(3), { epochs: 2 });
    await restored;
    expect((await fitted).epochs).toEqual([{ loss: -4 }]);
  });

  it('dispose is refused while something else runs, by its name', async () => {
    const trainer = counter(way);
    const evaluated = trainer.evaluate(ones(1));
    expect(() => trainer.dispose()).toThrow(/dispose was called while evaluate is running.*TRAINER_BUSY/);
    await evaluated;
    trainer.dispose();
  });

  it('a trainer that its own model function or plugin asks refuses instead of waiting for ever', async () => {
    const trainer: Trainer = way.tinyTrainer([], {
      model: async () => {
        await trainer.predict(one);
        throw new Error('not reached');
      },
    });
    await expect(trainer.open()).rejects.toThrow(
      /predict must not be called by the model function or a plugin while the trainer is being opened.*TRAINER_BUSY/,
    );
  });
});
