import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import type { AnyPlugin, Plugin, Snapshot, Trainer } from '@cantrip/trainer';
import { plain, plainSnapshot, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

/** Every kind of randomness and statistics that a layer can have. */
const restlessModel = (): LayersModel =>
  sequential({
    layers: [
      layers.flatten({ inputShape: [6, 6, 1] }),
      layers.gaussianNoise({ stddev: 0.3 }),
      layers.dense({ units: 8 }),
      layers.batchNormalization({}),
      layers.dropout({ rate: 0.4 }),
      layers.dense({ units: 3 }),
    ],
  });

/** Computes the gradients again, as activation checkpointing does, and notes the largest difference. */
const recomputed = (told: number[]): Plugin => ({
  name: 'recomputed',
  variables: () => ({ gap: tf.variable(tf.scalar(0), false) }),
  wrapGradients(next, { ownVariables }) {
    const [first, second] = [next(), next({ random: 'same' })];
    const gaps = Object.entries(first).map(([name, one]) => tf.max(tf.abs(tf.sub(one, second[name]!))));
    ownVariables['gap']!.assign(tf.maximum(ownVariables['gap']!, tf.max(tf.stack(gaps))));
    return second;
  },
  onEpochEnd: ({ ownVariables }) => void told.push(ownVariables['gap']!.dataSync()[0]!),
});

/** An average of the weights that decays once in each update. It starts at 0 and averages ones. */
const countedAverage = (told: number[]): Plugin => ({
  name: 'counted-average',
  variables: () => ({ average: tf.variable(tf.scalar(0), false) }),
  transformOptimizer: (optimizer, { ownVariables }) => ({
    ...optimizer,
    apply(update) {
      optimizer.apply(update);
      if (update.phase === 'accumulate') return;
      ownVariables['average']!.assign(tf.add(tf.mul(ownVariables['average']!, 0.5), 0.5));
    },
  }),
  onEpochEnd: ({ ownVariables }) => void told.push(ownVariables['average']!.dataSync()[0]!),
});

/** Lookahead (Zhang et al. 2019): every `every` steps, the slow weights move half of the way. */
const lookahead = (every: number): Plugin => ({
  name: 'lookahead',
  variables: (run) =>
    Object.fromEntries(
      Object.entries(run.trainable()).map(([name, one]) => [name, tf.variable(tf.clone(one), false)]),
    ),
  scheduleScalars: (scalars, { step }) => ({ ...scalars, synchronized: Number((step + 1) % every === 0) }),
  transformOptimizer: (optimizer, { ownVariables, run }) => ({
    ...optimizer,
    apply(update) {
      optimizer.apply(update);
      for (const [name, slow] of Object.entries(ownVariables)) {
        const fast = run.variables[name]!;
        const share = tf.mul(update.scalars!['synchronized']!, 0.5);
        const moved = tf.add(slow, tf.mul(tf.sub(fast, slow), share));
        slow.assign(moved);
        fast.assign(tf.where(tf.greater(share, 0), moved, fast));
      }
    },
  }),
});

/** Evaluates with zeros instead of the weights. */
const zeros: Plugin = {
  name: 'zeros',
  variables: (run) =>
    Object.fromEntries(
      Object.entries(run.trainable()).map(([name, one]) => [name, tf.variable(tf.zeros(one.shape), false)]),
    ),
  onEvaluateBegin: ({ ownVariables, evaluateWith }) => evaluateWith(ownVariables),
};

const variablesOf = (snapshot: Snapshot): unknown => plain(snapshot.variables);

describe.each(await presentWays())('what users of other trainers reported, $name', ({ tinyTrainer }) => {
  it('a pass that is computed again has the same noise and dropout, and moves no statistics', async () => {
    const gaps: number[] = [];
    const weights = async (plugins: readonly AnyPlugin[]): Promise<Record<string, readonly number[]>> => {
      const trainer = tinyTrainer(plugins, { model: restlessModel });
      await trainer.fit(tinyData(), { epochs: 2 });
      const trained = await weightsOf(trainer);
      trainer.dispose();
      return trained;
    };
    // The gradients of the second pass train.
    expect(await weights([recomputed(gaps)])).toEqual(await weights([]));
    expect(gaps).toEqual([0, 0]);
  });

  it.each([1, 2, 3])('a wrapper that averages counts updates, with %i batches in each', async (steps) => {
    const optimizer = accumulateGradients(sgd({ learningRate: 0.01 }), { steps });
    const told: number[] = [];
    const trainer = tinyTrainer([countedAverage(told)], { optimizer });
    // 5 batches are 5, 3 or 2 updates.
    await trainer.fit(tinyData({ examples: 40 }), { epochs: 1 });
    const updates = Math.ceil(5 / steps);
    expect(told).toEqual([1 - 0.5 ** updates]);
    trainer.dispose();
  });

  it('lookahead continues after save and restore to the same bits, in the middle of its cycle', async () => {
    const whole = tinyTrainer([lookahead(4)]);
    await whole.fit(tinyData(), { epochs: 4 });
    const plainly = tinyTrainer([]);
    await plainly.fit(tinyData(), { epochs: 4 });
    // 12 steps, saved after 3 and after 6: one before a synchronization, one between two.
    for (const epochs of [1, 2]) {
      const first = tinyTrainer([lookahead(4)]);
      await first.fit(tinyData(), { epochs });
      const second = tinyTrainer([lookahead(4)]);
      await second.restore(await first.save());
      await second.fit(tinyData(), { epochs: 4 });
      expect(plainSnapshot(await second.save())).toEqual(plainSnapshot(await whole.save()));
      expect(await weightsOf(second)).not.toEqual(await weightsOf(plainly));
      first.dispose();
      second.dispose();
    }
    whole.dispose();
    plainly.dispose();
  });

  it.each(['a stop', 'an abort', 'an error of a metric'])(
    '%s during an evaluation with other weights gives the own weights back, and training continues as without it',
    async (way) => {
      const controller = new AbortController();
      let during: (() => void) | undefined;
      let trainer: Trainer | undefined = undefined;
      const stopping: Plugin = {
        name: 'stopping',
        onEvaluateBegin({ run }) {
          during = () => (way === 'a stop' ? run.stop('enough') : controller.abort());
        },
      };
      const fails = way === 'an error of a metric';
      const validation = {
        batchesPerEpoch: 3,
        *batches(request: never) {
          for (const [index, batch] of [...(tinyData().batches(request) as Iterable<never>)].entries()) {
            if (index === 1 && fails) throw new Error('a broken image');
            if (index === 1) during?.();
            yield batch;
          }
        },
      };
      trainer = tinyTrainer([zeros, stopping]);
      const fitting = trainer.fit(tinyData(), { epochs: 3, validation, signal: controller.signal } as never);
      await fitting.then(
        () => undefined,
        () => undefined,
      );
      const stopped = await trainer.save();
      const reference = tinyTrainer([zeros, { name: 'stopping' }]);
      await reference.fit(tinyData(), { epochs: 1 });
      expect(variablesOf(stopped)).toEqual(variablesOf(await reference.save()));
      const resumed = tinyTrainer([zeros, { name: 'stopping' }]);
      await resumed.restore(stopped);
      await resumed.fit(tinyData(), { epochs: 3 });
      await reference.fit(tinyData(), { epochs: 3 });
      expect(variablesOf(await resumed.save())).toEqual(variablesOf(await reference.save()));
      for (const one of [trainer, reference, resumed]) one.dispose();
    },
  );

  it('a checkpoint of a hook after validation holds the own weights, and continues to the same bits', async () => {
    const saved: Snapshot[] = [];
    let trainer: Trainer | undefined = undefined;
    const checkpoints: Plugin = {
      name: 'checkpoints',
      onEvaluateEnd: async () => void saved.push(await trainer!.save()),
      onEpochEnd: async () => void saved.push(await trainer!.save()),
    };
    trainer = tinyTrainer([zeros, checkpoints]);
    await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    const last = variablesOf(await trainer.save());
    expect(saved).toHaveLength(4);
    for (const [index, snapshot] of saved.entries()) {
      const resumed = tinyTrainer([zeros, { name: 'checkpoints' }]);
      await resumed.restore(snapshot);
      await resumed.fit(tinyData(), { epochs: 2 });
      expect(variablesOf(await resumed.save()), `checkpoint ${index}`).toEqual(last);
      resumed.dispose();
    }
    trainer.dispose();
  });
});
