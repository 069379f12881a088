import { tinyData, tinyTrainer } from '@cantrip/testing';
import { sgd } from '@cantrip/optimizers';
import {
  type AnyPlugin,
  createTrainer,
  meanSquaredError,
  type Rehearsal,
  type TuneContext,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

describe('tune', () => {
  it('is waited for, and what it chooses is what TensorFlow reads when it loads', async (context) => {
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const environment = { TF_DETERMINISTIC_OPS: '1' };
    const tuning: AnyPlugin = { name: 'a', tune: async () => (await later(), { environment }) };
    const trainer = tinyTrainer([tuning], { device: 'tensorflow' });
    const opened = await trainer.open().catch(() => undefined);
    if (opened === undefined) return context.skip('tensorflow is absent');
    trainer.dispose();
    expect(opened.device.settings).toMatchObject({ deterministicOps: true });
  });

  it('knows the options of the trainer, and what plugins want already', async () => {
    let seen: TuneContext | undefined;
    const plugins: AnyPlugin[] = [
      { name: 'a', tune: () => ({ environment: { TF_A: '1' }, compile: 'xla' }) },
      { name: 'b', tune: (context: TuneContext) => ((seen = context), {}) },
      { name: 'c', environment: { TF_C: '3' } },
    ];
    const trainer = tinyTrainer(plugins, { capture: 'auto' });
    await trainer.open();
    trainer.dispose();
    const environment = { TF_A: '1', TF_C: '3' };
    expect(seen).toMatchObject({ device: 'cpu', capture: 'auto', compile: 'xla', environment });
  });

  it('can not go against another plugin', async () => {
    const trainer = tinyTrainer([
      { name: 'a', environment: { TF_A: '1' } },
      { name: 'b', tune: () => ({ environment: { TF_A: '2' } }) },
    ]);
    await expect(trainer.open()).rejects.toThrow('[b] wants TF_A=2, but a wants TF_A=1');
    trainer.dispose();
  });

  it('that throws is named, and can be tried again', async () => {
    let fails = true;
    const failing = { name: 'a', tune: () => (fails ? Promise.reject(new Error('no disk')) : {}) };
    const trainer = tinyTrainer([failing]);
    await expect(trainer.open()).rejects.toThrow('[a] tune threw: no disk.');
    fails = false;
    await trainer.open();
    trainer.dispose();
  });

  it('stands in what explain() prints', () => {
    const trainer = tinyTrainer([{ name: 'a', compile: 'xla', tune: () => ({}) }]);
    expect(trainer.explain()).toMatch(/^tune +host {2}a$/m);
    expect(trainer.explain()).toMatch(/^compile +host {2}a$/m);
    trainer.dispose();
  });
});

describe('a rehearsal', () => {
  // In earnest it ends the process; here it ends fit.
  const over = new Error('over');
  const rehearsing = (what: (rehearsal: Rehearsal) => Promise<void>): AnyPlugin => ({
    name: 'rehearsing',
    tune: () => ({
      rehearse: async (begin) => {
        await what(await begin());
        throw over;
      },
    }),
  });

  it('takes the place of training: steps, schedules and transforms, and no on… hook', async () => {
    const called: string[] = [];
    const note = (hook: string) => (): void => void called.push(hook);
    const other: AnyPlugin = {
      name: 'other',
      setup: note('setup'),
      scheduleLearningRate: (rate) => (called.push('scheduleLearningRate'), rate),
      transformBatch: (batch) => (called.push('transformBatch'), batch),
      onTrainBegin: note('onTrainBegin'),
      onEpochBegin: note('onEpochBegin'),
      onStepEnd: note('onStepEnd'),
      onEpochEnd: note('onEpochEnd'),
      onTrainEnd: note('onTrainEnd'),
      onError: note('onError'),
    };
    const trainer = tinyTrainer([
      other,
      rehearsing(async (rehearsal) => {
        await rehearsal.step();
        await rehearsal.step();
      }),
    ]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toBe(over);
    const step = ['scheduleLearningRate', 'transformBatch'];
    expect(called).toEqual(['setup', ...step, ...step]);
    trainer.dispose();
  });

  it('trains as fit does, on the first batch, and leaves no tensor behind', async () => {
    const data = tinyData({ examples: 8, batch: 8 });
    const weightsAfter = async (plugins: AnyPlugin[]): Promise<number[][]> => {
      const trainer = tinyTrainer(plugins);
      await trainer.fit(data, { epochs: 1 }).catch((error: unknown) => expect(error).toBe(over));
      const { variables } = (await trainer.open()).run;
      const weights = Object.values(variables).map((variable) => [...variable.dataSync()]);
      trainer.dispose();
      return weights;
    };
    let described: Partial<Rehearsal> = {};
    let grown = NaN;
    const once = rehearsing(async (rehearsal) => {
      described = rehearsal;
      await rehearsal.step();
    });
    const often = rehearsing(async ({ step }) => {
      await step();
      const before = tf.memory().numTensors;
      for (let count = 0; count < 3; count++) await step();
      grown = tf.memory().numTensors - before;
    });
    expect(await weightsAfter([once])).toEqual(await weightsAfter([]));
    expect(described).toMatchObject({
      signature: 'inputs[8,6,6,1] targets[8] int32',
      device: { name: 'cpu' },
    });
    await weightsAfter([often]);
    expect(grown).toBe(0);
  });

  it('tells errors of the data to the plugin, which decides what becomes of them', async () => {
    const empty = { stepsPerEpoch: 1, batches: () => [] };
    let told: unknown;
    const listening: AnyPlugin = {
      name: 'listening',
      tune: () => ({
        rehearse: async (begin) => {
          await begin().catch((error: unknown) => (told = error));
          throw over;
        },
      }),
    };
    const trainer = tinyTrainer([listening]);
    await expect(trainer.fit(empty, { epochs: 1 })).rejects.toBe(over);
    expect(told).toMatchObject({ code: 'DATA_EMPTY' });
    trainer.dispose();
  });
});

it('a signature names inputs and targets, and dtypes other than float32', async () => {
  const seen: string[] = [];
  const values = { ids: Int32Array.of(1, 2), bytes: Uint8Array.of(1, 2), floats: Float32Array.of(1, 2) };
  const inputs = Object.fromEntries(
    Object.entries(values).map(([name, one]) => [name, { values: one, shape: [2] }]),
  );
  const trainer = createTrainer({
    device: 'cpu',
    model: () => {
      const weight = tf.variable(tf.scalar(1));
      return (given) => tf.mul((given as Record<string, tf.Tensor1D>)['floats']!, weight);
    },
    optimizer: sgd({ learningRate: 0.1 }),
    loss: meanSquaredError(),
    plugins: [{ name: 'a', onStepEnd: ({ signature }) => void seen.push(signature) }],
  });
  await trainer.fit(
    { stepsPerEpoch: 1, batches: () => [{ inputs, targets: inputs['floats']!, size: 2 }] },
    { epochs: 1 },
  );
  trainer.dispose();
  expect(seen).toEqual(['inputs.ids[2] int32 inputs.bytes[2] uint8 inputs.floats[2] targets[2]']);
});
