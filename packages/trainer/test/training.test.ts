import * as tf from '@tensorflow/tfjs-core';
import type { BatchSource, Plugin } from '@cantrip/trainer';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { plainSnapshot, presentWays, tinyData, type tinyModel, weightsOf } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

describe.each(await presentWays())('training $name', ({ tinyTrainer, options }) => {
  beforeAll(() => openDevice(options.device));

  it('lowers the loss and raises the accuracy of training and validation data', async () => {
    const trainer = tinyTrainer();
    const { epochs } = await trainer.fit(tinyData(), { epochs: 12, validation: tinyData({ examples: 30 }) });
    expect(Object.keys(epochs[0]!)).toEqual(['loss', 'accuracy', 'validation_loss', 'validation_accuracy']);
    expect(epochs.at(-1)!['loss']!).toBeLessThan(epochs[0]!['loss']! / 2);
    expect(epochs.at(-1)!['validation_accuracy']).toBeGreaterThan(0.9);
  });

  it('evaluates to the same figures as the last validation', async () => {
    const trainer = tinyTrainer();
    const { epochs } = await trainer.fit(tinyData(), { epochs: 1, validation: tinyData({ batch: 5 }) });
    const { loss, accuracy } = await trainer.evaluate(tinyData({ batch: 5 }));
    expect({ loss, accuracy }).toEqual({
      loss: epochs[0]!['validation_loss'],
      accuracy: epochs[0]!['validation_accuracy'],
    });
  });

  it('weights the last smaller batch by its size', async () => {
    const trainer = tinyTrainer();
    const whole = await trainer.evaluate(tinyData({ examples: 20, batch: 20 }));
    const parts = await trainer.evaluate(tinyData({ examples: 20, batch: 8 }));
    expect(parts['loss']).toBeCloseTo(whole['loss']!, 5);
    expect(parts['accuracy']).toBeCloseTo(whole['accuracy']!, 6);
  });

  it('keeps the number of tensors the same from step to step', async () => {
    const counts: number[] = [];
    const counting: Plugin = { name: 'counting', onStepEnd: () => void counts.push(tf.memory().numTensors) };
    // Otherwise losses wait to be looked at.
    const trainer = tinyTrainer([counting], { checkLossEvery: 1 });
    await trainer.fit(tinyData(), { epochs: 4, validation: tinyData() });
    // The first evaluation makes the sums that all later ones use.
    expect(new Set(counts.slice(counts.length / 4)).size).toBe(1);
  });

  it('of one seed is the same to the bit in two trainers, and another one is not', async () => {
    const run = async (value: number): Promise<unknown> => {
      const trainer = tinyTrainer([{ name: 'seeding', seed: value }]);
      await trainer.fit(tinyData(), { epochs: 2 });
      return weightsOf(trainer);
    };
    const first = await run(0);
    expect(await run(0)).toEqual(first);
    expect(await run(1)).not.toEqual(first);
  });

  it('ends after the step when a plugin asks for it, and says why', async () => {
    const stopping: Plugin = {
      name: 'stopping',
      onStepEnd: ({ run, step }) => void (step === 4 && run.stop('enough')),
    };
    let ended = false;
    const watching: Plugin = { name: 'watching', onTrainEnd: () => void (ended = true) };
    const trainer = tinyTrainer([stopping, watching]);
    const history = await trainer.fit(tinyData(), { epochs: 5 });
    expect(history).toMatchObject({ stopped: 'enough', seed: 7 });
    expect(history.epochs).toHaveLength(1);
    expect(trainer.position()).toEqual({ epoch: 1, step: 4 });
    expect(ended).toBe(true);
  });

  it('tells plugins why it ends, and forgets it in the next fit', async () => {
    const seen: (string | undefined)[] = [];
    const note: Plugin = {
      name: 'note',
      onStepEnd: ({ run, step }) => void (step === 2 && (run.stop('first'), run.stop('second'))),
      onStepBegin: ({ run }) => void seen.push(run.stopReason),
      onTrainEnd: ({ run }) => void seen.push(run.stopReason),
    };
    const trainer = tinyTrainer([note]);
    await trainer.fit(tinyData(), { epochs: 1 });
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(seen).toEqual([undefined, undefined, 'first', undefined, undefined]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'finishes the step and ends cleanly at %s, also when nothing in the loop ever waits',
    async (signal) => {
      const steps: number[] = [];
      const interrupting: Plugin = {
        name: 'interrupting',
        onStepEnd({ step }) {
          steps.push(step);
          if (step === 2) process.kill(process.pid, signal);
        },
      };
      const listeners = (): number[] => ['SIGINT', 'SIGTERM'].map((name) => process.listenerCount(name));
      const before = listeners();
      const trainer = tinyTrainer([interrupting], { handleInterrupt: true });
      const history = await trainer.fit(tinyData(), { epochs: 99 });
      expect(history.stopped).toBe(signal);
      expect(steps.length).toBeLessThan(6);
      expect(listeners()).toEqual(before);
    },
  );

  it('stops at a loss that is no number, with step, learning rate and last finite loss', async () => {
    const breaking: Plugin = {
      name: 'breaking',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, divisor: step === 2 ? 0 : 1 }),
      transformLoss: (loss, { scalars }) => tf.div(loss, scalars['divisor']!),
    };
    await expect(tinyTrainer([breaking]).fit(tinyData(), { epochs: 2 })).rejects.toThrow(
      /the loss of step 2 is Infinity at learning rate 0\.05; the last finite loss was \d+\.\d+.*LOSS_NOT_FINITE/,
    );
  });

  it.each([
    ['every 10 steps', {}, 24, 9],
    ['after each step', { checkLossEvery: 1 }, 24, 1],
    ['at the end of the epoch at the latest', { checkLossEvery: 50 }, 3, 2],
  ])('looks at losses %s, and names the first such step then', async (_, options, steps, later) => {
    let done = 0;
    const breaking: Plugin = {
      name: 'breaking',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, square: step >= 1 ? -1 : 1 }),
      transformLoss: (loss, { scalars }) => tf.mul(loss, tf.sqrt(scalars['square']!)),
      onStepEnd: ({ step }) => void (done = step),
    };
    const trainer = tinyTrainer([breaking], options);
    await expect(trainer.fit(tinyData({ examples: 8 * steps }), { epochs: 2 })).rejects.toThrow(
      /the loss of step 1 is NaN.*LOSS_NOT_FINITE/,
    );
    expect(done).toBe(1 + later);
  });

  it('asked for epochs that are complete does nothing', async () => {
    const trainer = tinyTrainer();
    await trainer.fit(tinyData(), { epochs: 2 });
    const before = plainSnapshot(await trainer.save());
    expect((await trainer.fit(tinyData(), { epochs: 2 })).epochs).toEqual([]);
    expect(plainSnapshot(await trainer.save())).toEqual(before);
  });

  it('resumed from a snapshot, in the middle of an epoch too, equals an unbroken run to the bit', async () => {
    const unbroken = tinyTrainer();
    const whole = await unbroken.fit(tinyData(), { epochs: 3 });
    const broken = tinyTrainer([
      { name: 'stop', onStepEnd: ({ run, step }) => void (step === 5 && run.stop('')) },
    ]);
    await broken.fit(tinyData(), { epochs: 3 });
    const snapshot = structuredClone(await broken.save());
    const resumed = tinyTrainer([{ name: 'stop' }]);
    await resumed.restore(snapshot);
    const rest = await resumed.fit(tinyData(), { epochs: 3 });
    expect(await weightsOf(resumed)).toEqual(await weightsOf(unbroken));
    expect(rest.epochs).toEqual(whole.epochs.slice(1));
  });

  it('predicts in inference mode, from host tensors and from tensors, without leaving any behind', async () => {
    const trainer = tinyTrainer();
    await trainer.open();
    const values = new Float32Array(2 * 36).fill(0.5);
    const before = tf.memory().numTensors;
    const fromHost = (await trainer.predict({ values, shape: [2, 6, 6, 1] })) as tf.Tensor;
    const input = tf.tensor4d(values, [2, 6, 6, 1]);
    const fromTensor = (await trainer.predict(input)) as tf.Tensor;
    expect(fromHost.shape).toEqual([2, 3]);
    expect(Array.from(fromTensor.dataSync())).toEqual(Array.from(fromHost.dataSync()));
    tf.dispose([fromHost, fromTensor, input]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('adds what the regularizers of a LayersModel ask for', async () => {
    const layers = await import('@tensorflow/tfjs-layers');
    const model = (l2: number) => (): ReturnType<typeof tinyModel> =>
      layers.sequential({
        layers: [
          layers.layers.flatten({ inputShape: [6, 6, 1] }),
          layers.layers.dense({
            units: 3,
            kernelInitializer: 'ones',
            kernelRegularizer: layers.regularizers.l2({ l2 }),
          }),
        ],
      });
    const firstLoss = async (l2: number): Promise<number> => {
      let first = Number.NaN;
      const reader: Plugin = {
        name: 'reader',
        onStepEnd: async ({ loss, run }) => ((first = await loss()), run.stop('one is enough')),
      };
      await tinyTrainer([reader], { model: model(l2) }).fit(tinyData(), { epochs: 1 });
      return first;
    };
    // 36 x 3 weights of 1: the penalty is 0.01 * 108.
    expect((await firstLoss(0.01)) - (await firstLoss(0))).toBeCloseTo(1.08, 4);
  });

  it('keeps the constraints of a LayersModel, which tfjs itself forgets', async () => {
    const layers = await import('@tensorflow/tfjs-layers');
    const trainer = tinyTrainer([], {
      model: () =>
        layers.sequential({
          layers: [
            layers.layers.flatten({ inputShape: [6, 6, 1] }),
            layers.layers.dense({ units: 3, kernelConstraint: layers.constraints.nonNeg() }),
          ],
        }),
    });
    await trainer.fit(tinyData(), { epochs: 1 });
    const { variables } = await trainer.save();
    expect(Math.min(...variables['dense_1/kernel']!.values)).toBeGreaterThanOrEqual(0);
  });

  it('reads batches of tensors too, and leaves them to their owner', async () => {
    const inputs = tf.randomUniform([4, 6, 6, 1]);
    const targets = tf.tensor1d([0, 1, 2, 0], 'int32');
    const source: BatchSource = {
      stepsPerEpoch: 2,
      batches: () => [
        { inputs, targets },
        { inputs, targets },
      ],
    };
    const { epochs } = await tinyTrainer().fit(source, { epochs: 1 });
    expect(Number.isFinite(epochs[0]!['loss'])).toBe(true);
    expect(inputs.isDisposed || targets.isDisposed).toBe(false);
    tf.dispose([inputs, targets]);
  });
});
