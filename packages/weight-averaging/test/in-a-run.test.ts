import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { plain, presentWays, tinyData, tinyModel, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, EvaluateContext, HostContext, Snapshot, Trainer } from '@cantrip/trainer';
import {
  averagedSnapshot,
  type AveragingApi,
  stochasticWeightAveraging,
  weightAveraging,
} from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Values = Readonly<Record<string, readonly number[]>>;

const averagesIn = ({ plugins }: Snapshot, name = 'weight-averaging'): Values =>
  Object.fromEntries(
    Object.entries(plain(plugins[name]!.variables)).map(([key, one]) => [key.replace('average/', ''), one]),
  );

const trainable = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !/moving/i.test(name)));

const apiOf = async (trainer: Trainer, plugin: ReturnType<typeof weightAveraging>): Promise<AveragingApi> =>
  (await trainer.open()).run.use(plugin);

describe.each(await presentWays())('averages $name', ({ tinyTrainer, options }) => {
  it('change nothing in training', async () => {
    const weights = async (plugins: readonly AnyPlugin[]): Promise<Values> => {
      const trainer = tinyTrainer(plugins);
      await trainer.fit(tinyData(), { epochs: 2, validation: tinyData({ examples: 9 }) });
      const found = await weightsOf(trainer);
      trainer.dispose();
      return found;
    };
    const both = [weightAveraging({ decay: 0.5 }), stochasticWeightAveraging({ start: 1, every: 1 })];
    expect(await weights(both)).toEqual(await weights([]));
  });

  it('count updates, not batches, where gradients accumulate', async () => {
    const count = async (accumulated: boolean): Promise<unknown> => {
      const plain = sgd({ learningRate: 0.05 });
      const trainer = tinyTrainer([stochasticWeightAveraging({ start: 0, every: 1 })], {
        optimizer: accumulated ? accumulateGradients(plain, { steps: 3 }) : plain,
      });
      await trainer.fit(tinyData(), { epochs: 2 });
      const found = averagesIn(await trainer.save(), 'weight-averaging/swa')['count'];
      trainer.dispose();
      return found;
    };
    expect(await count(false)).toEqual([6]);
    expect(await count(true)).toEqual([2]);
  });

  it('are the mean of the weights after each of the averaged steps', async () => {
    const seen: Values[] = [];
    const watching: AnyPlugin = {
      name: 'watching',
      onStepEnd: ({ run, step }: HostContext) => {
        if (step < 3) return;
        seen.push(
          Object.fromEntries(Object.entries(run.variables).map(([k, one]) => [k, [...one.dataSync()]])),
        );
      },
    };
    const trainer = tinyTrainer([stochasticWeightAveraging({ start: 3, every: 1 }), watching]);
    await trainer.fit(tinyData(), { epochs: 2 });
    const averages = trainable(averagesIn(await trainer.save(), 'weight-averaging/swa'));
    expect(seen).toHaveLength(4);
    for (const [name, values] of Object.entries(averages)) {
      if (name === 'count') continue;
      for (const [i, value] of values.entries())
        expect(value).toBeCloseTo(seen.reduce((sum, one) => sum + one[name]![i]!, 0) / 4, 6);
    }
    trainer.dispose();
  });

  it('keep their bits where they copy, when training goes on', async () => {
    const kept: Values[] = [];
    const watching: AnyPlugin = {
      name: 'watching',
      onStepEnd: async () => void kept.push(averagesIn(await trainer.save())),
    };
    // One copy after step 2, and nothing before the end.
    const trainer = tinyTrainer([weightAveraging({ start: 2, every: 100, statistics: 'copy' }), watching]);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(kept).toHaveLength(6);
    for (const later of kept.slice(2)) expect(later).toEqual(kept[1]);
    expect(await weightsOf(trainer)).not.toEqual(kept[1]);
    trainer.dispose();
  });

  it('go on to the same bits from a save in a hook that runs before theirs', async () => {
    const make = (saves: Snapshot[] = []): Trainer => {
      const saving: AnyPlugin = {
        name: 'saving',
        onStepEnd: async () => void saves.push(structuredClone(await trainer.save())),
      };
      const trainer = tinyTrainer([saving, stochasticWeightAveraging({ start: 2, every: 1 })]);
      return trainer;
    };
    const saves: Snapshot[] = [];
    const whole = make(saves);
    await whole.fit(tinyData(), { epochs: 2 });
    const wanted = (await whole.save()).plugins;
    for (const snapshot of saves.slice(0, 5)) {
      const resumed = make();
      await resumed.restore(snapshot);
      await resumed.fit(tinyData(), { epochs: 2 });
      expect((await resumed.save()).plugins).toEqual(wanted);
      resumed.dispose();
    }
    whole.dispose();
  });

  it('are not used before they begin', async () => {
    const losses = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
      const trainer = tinyTrainer(plugins);
      const { epochs } = await trainer.fit(tinyData(), { epochs: 2, validation: tinyData({ examples: 9 }) });
      trainer.dispose();
      return epochs.map((logs) => logs['validation_loss']);
    };
    const [first, second] = (await losses([])) as number[];
    const [early, late] = (await losses([weightAveraging({ start: 4, warmup: false })])) as number[];
    expect(early).toBe(first);
    expect(late).not.toBe(second);
    const ignored = await losses([weightAveraging({ start: 1, evaluateWith: 'weights' })]);
    expect(ignored).toEqual([first, second]);
  });

  it('leave a save during evaluation with the weights of the run', async () => {
    const saves: Snapshot[] = [];
    const saving: AnyPlugin = {
      name: 'saving',
      onEvaluateBegin: async () => void saves.push(await trainer.save()),
    };
    const trainer = tinyTrainer([weightAveraging({ decay: 0.9 }), saving]);
    await trainer.fit(tinyData(), { epochs: 1, validation: tinyData({ examples: 9 }) });
    expect(plain(saves[0]!.variables)).toEqual(await weightsOf(trainer));
    expect(plain(saves[0]!.variables)).not.toEqual(averagesIn(saves[0]!));
    trainer.dispose();
  });

  it('become the weights of the model for good', async () => {
    const averaging = weightAveraging({ decay: 0.9 });
    const trainer = tinyTrainer([averaging]);
    const api = await apiOf(trainer, averaging);
    expect(() => api.assign()).toThrow(
      /^\[weight-averaging\] assign was called before averaging began.+STATE_MISMATCH/,
    );
    await trainer.fit(tinyData(), { epochs: 2 });
    const before = await trainer.predict(tf.ones([2, 6, 6, 1]));
    const averages = averagesIn(await trainer.save());
    expect(Object.keys(api.averages())).toEqual(Object.keys(averages));
    expect(await weightsOf(trainer)).not.toEqual(averages);
    api.assign();
    expect(await weightsOf(trainer)).toEqual(averages);
    const { model } = (await trainer.open()).run;
    const outputs = (model as { predict(x: tf.Tensor): tf.Tensor }).predict(tf.ones([2, 6, 6, 1]));
    for (const [i, value] of outputs.dataSync().entries())
      expect(value).toBeCloseTo((before as tf.Tensor).dataSync()[i]!, 5);
    await trainer.fit(tinyData(), { epochs: 3 });
    expect(await weightsOf(trainer)).not.toEqual(averages);
    trainer.dispose();
  });

  it('refuse to become the weights while the trainer trains or evaluates', async () => {
    const averaging = weightAveraging();
    const asking: AnyPlugin = {
      name: 'asking',
      onStepEnd: ({ run }: HostContext) => run.use(averaging).assign(),
      onEvaluateBegin: ({ run }: EvaluateContext) => run.use(averaging).assign(),
    };
    const trainer = tinyTrainer([averaging, asking]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      /assign was called while.+TRAINER_BUSY/,
    );
    await expect(trainer.evaluate(tinyData())).rejects.toThrow(/TRAINER_BUSY/);
    trainer.dispose();
    const after = tinyTrainer([averaging]);
    await after.fit(tinyData(), { epochs: 1 });
    await after.evaluate(tinyData());
    (await apiOf(after, averaging)).assign();
    after.dispose();
  });

  it('are exported from a snapshot, and restored into a run without the plugin', async () => {
    const averaging = weightAveraging({ decay: 0.9, start: 2 });
    const trainer = tinyTrainer([averaging]);
    await trainer.open();
    const early = await trainer.save();
    expect(averagedSnapshot(early, averaging)).toBe(early);
    await trainer.fit(tinyData(), { epochs: 2 });
    const loss = (await trainer.evaluate(tinyData()))['loss'];
    const exported = averagedSnapshot(structuredClone(await trainer.save()), averaging);
    const other = tinyTrainer([]);
    await other.restore(exported, { only: 'weights' });
    expect((await other.evaluate(tinyData()))['loss']).toBe(loss);
    expect(() => averagedSnapshot(exported, stochasticWeightAveraging())).toThrow(
      /no plugin weight-averaging\/swa/,
    );
    for (const one of [trainer, other]) one.dispose();
  });

  it('average variables that a model of functions trains, and copy its integers', async () => {
    const trainer = tinyTrainer([weightAveraging({ decay: 0.5, warmup: false })], {
      model: () => {
        const w = tf.variable(tf.scalar(2));
        const calls = tf.variable(tf.scalar(0, 'int32'), false);
        return (_, { training }) => {
          if (training) calls.assign(tf.add(calls, tf.scalar(1, 'int32')));
          return tf.mul(w, w);
        };
      },
      loss: (_, outputs) => outputs as tf.Scalar,
      metrics: [],
      optimizer: sgd({ learningRate: 0.25 }),
    });
    // The gradient of w^2 at rate 0.25 halves w: 2, 1, 0.5, 0.25. The average: 1, 0.75, 0.5.
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(averagesIn(await trainer.save())).toEqual({ variable_1: [0.5], variable_2: [3] });
    trainer.dispose();
  });

  it('average a layer that is trained later', async () => {
    const model = tinyModel();
    const last = model.layers.at(-1)!;
    last.trainable = false;
    const trainer = tinyTrainer(
      [
        weightAveraging({ decay: 0.5, warmup: false, statistics: 'copy' }),
        { name: 'later', onStepBegin: ({ step }: HostContext) => void (last.trainable = step >= 2) },
      ],
      { ...options, model },
    );
    await trainer.fit(tinyData(), { epochs: 2 });
    const [weights, averages] = [await weightsOf(trainer), averagesIn(await trainer.save())];
    const bias = Object.keys(weights).find((name) => name.endsWith('/bias'))!;
    expect(averages[bias]).not.toEqual(weights[bias]);
    trainer.dispose();
  });
});
