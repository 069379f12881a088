import { plain, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, HostContext, Logs, Trainer } from '@cantrip/trainer';
import { stochasticWeightAveraging, weightAveraging } from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { earlyStopping, type EarlyStoppingOptions } from '../src/index.ts';

type Values = Readonly<Record<string, readonly number[]>>;

const validation = tinyData({ examples: 9 });
/** The first epoch is the best one, and nothing stops the run. */
const firstIsBest: EarlyStoppingOptions = { minDelta: 100, patience: 100 };

/** Notes the weights of each epoch. */
const watching = (epochs: Values[]): AnyPlugin => ({
  name: 'watching',
  onEpochEnd: ({ run }: HostContext) =>
    void epochs.push(
      Object.fromEntries(Object.entries(run.variables).map(([k, one]) => [k, [...one.dataSync()]])),
    ),
});

describe.each(await presentWays())('early stopping $name', ({ tinyTrainer }) => {
  it.each(['the last epoch', 'another plugin', 'a signal', 'an error'])(
    'gives the model the best weights when %s ends the run',
    async (ending) => {
      const epochs: Values[] = [];
      const controller = new AbortController();
      const ends: AnyPlugin = {
        name: 'ends',
        onStepEnd({ run, step }: HostContext) {
          if (step !== 7) return;
          if (ending === 'another plugin') run.stop('enough');
          if (ending === 'a signal') controller.abort();
          if (ending === 'an error') throw new Error('a test ended the run');
        },
      };
      const trainer = tinyTrainer([earlyStopping(firstIsBest), watching(epochs), ends]);
      const fit = trainer.fit(tinyData(), { epochs: 3, validation, signal: controller.signal });
      await (ending === 'an error' ? expect(fit).rejects.toThrow(/a test ended/) : fit);
      expect(await weightsOf(trainer)).toEqual(epochs[0]);
      expect(plain((await trainer.save()).variables)).toEqual(epochs[0]);
      trainer.dispose();
    },
  );

  it('goes on from the last weights, so a run that is saved after each epoch equals an unbroken one', async () => {
    const options: EarlyStoppingOptions = { minDelta: 0.01, patience: 2 };
    const whole = tinyTrainer([earlyStopping(options)]);
    await whole.fit(tinyData(), { epochs: 6, validation });
    const wanted = await whole.save();
    let saved = undefined as Awaited<ReturnType<Trainer['save']>> | undefined;
    for (let epochs = 1; epochs <= 6; epochs++) {
      const part = tinyTrainer([earlyStopping(options)]);
      if (saved) await part.restore(saved);
      await part.fit(tinyData(), { epochs, validation });
      saved = structuredClone(await part.save());
      part.dispose();
    }
    expect(plain(saved!.variables)).toEqual(plain(wanted.variables));
    expect(plain(saved!.slots)).toEqual(plain(wanted.slots));
    expect(saved!.plugins['early-stopping']).toEqual(wanted.plugins['early-stopping']);
    whole.dispose();
  });

  it('keeps the state of the optimizer of the last step', async () => {
    const slots = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
      const trainer = tinyTrainer(plugins);
      await trainer.fit(tinyData(), { epochs: 2, validation });
      const found = plain((await trainer.save()).slots);
      trainer.dispose();
      return found;
    };
    expect(await slots([earlyStopping(firstIsBest)])).toEqual(await slots([]));
  });

  it('stays stopped in a later fit, and goes on from its last weights with more patience', async () => {
    const lessPatience = tinyTrainer([earlyStopping({ minDelta: 100, patience: 1 })]);
    const first = await lessPatience.fit(tinyData(), { epochs: 4, validation });
    expect(first.epochs).toHaveLength(2);
    expect(first.stopped).toMatch(
      /^\[early-stopping\] validation_loss is .+ and has not improved for 1 epochs; the best was .+ in epoch 1$/,
    );
    const again = await lessPatience.fit(tinyData(), { epochs: 4, validation });
    expect(again).toMatchObject({ epochs: [], stopped: first.stopped });
    const snapshot = structuredClone(await lessPatience.save());
    lessPatience.dispose();

    const train = async (trainer: Trainer): Promise<Values> => {
      await trainer.fit(tinyData(), { epochs: 4 });
      const { others } = groups(await trainer.save());
      trainer.dispose();
      return others;
    };
    const morePatience = tinyTrainer([earlyStopping({ ...firstIsBest, monitor: 'loss' })]);
    await morePatience.restore(snapshot);
    const unbroken = tinyTrainer([earlyStopping({ ...firstIsBest, monitor: 'loss' })]);
    expect(await train(morePatience)).toEqual(await train(unbroken));
  });

  it('counts once an epoch, however often a plugin evaluates', async () => {
    const seen: (number | undefined)[] = [];
    const stopping = earlyStopping({ ...firstIsBest, monitor: 'validation_first_loss', restoreBest: false });
    const evaluating: AnyPlugin = {
      name: 'evaluating',
      onEpochEnd: async ({ run }: HostContext) => {
        await trainer.evaluate(validation);
        seen.push(run.use(stopping).wait());
      },
    };
    const trainer = tinyTrainer([stopping, evaluating]);
    await trainer.fit(tinyData(), {
      epochs: 3,
      validation: { first: validation, second: tinyData() } as never,
    });
    trainer.dispose();
    expect(seen).toEqual([0, 1, 2]);
  });

  it('gives back the averages that were validated, and evaluates with them', async () => {
    const averaging = weightAveraging({ decay: 0.5, warmup: false });
    const trainer = tinyTrainer([averaging, earlyStopping(firstIsBest)]);
    const { epochs } = await trainer.fit(tinyData(), { epochs: 3, validation });
    const losses = epochs.map((logs) => logs['validation_loss']!);
    expect(new Set(losses).size).toBe(3);
    expect((await trainer.evaluate(validation))['loss']).toBe(losses[0]);
    const { plugins, variables } = await trainer.save();
    trainer.dispose();
    const alone = tinyTrainer([]);
    await alone.restore({ ...(await alone.save()), variables } as never);
    expect((await alone.evaluate(validation))['loss']).toBe(losses[0]);
    alone.dispose();
    expect(Object.keys(plugins)).toContain('weight-averaging');
  });

  it('trains averages on as if it were not there', async () => {
    const averages = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
      const trainer = tinyTrainer(plugins);
      await trainer.fit(tinyData(), { epochs: 1, validation });
      await trainer.fit(tinyData(), { epochs: 3, validation });
      const found = plain((await trainer.save()).plugins['weight-averaging']!.variables);
      trainer.dispose();
      return found;
    };
    const decay = { decay: 0.5, warmup: false };
    expect(await averages([weightAveraging(decay), earlyStopping(firstIsBest)])).toEqual(
      await averages([weightAveraging(decay)]),
    );
  });

  it('must come after the plugin that evaluates with averages', () => {
    for (const averaging of [weightAveraging(), stochasticWeightAveraging()])
      expect(() => tinyTrainer([earlyStopping(), averaging])).toThrow(/early-stopping.+PLUGIN_ORDER/);
  });

  it('accepts a run that is stopped during validation, which has no figures then', async () => {
    const seen: Logs[] = [];
    const stops: AnyPlugin = {
      name: 'stops',
      onEvaluateBegin: ({ run, step }) => void (step === 6 && run.stop('in validation')),
      onEpochEnd: ({ logs }: { logs: Logs }) => void seen.push(logs),
    };
    const trainer = tinyTrainer([earlyStopping(), stops]);
    const { stopped } = await trainer.fit(tinyData(), { epochs: 4, validation });
    expect(stopped).toBe('in validation');
    expect(seen.map((logs) => 'validation_loss' in logs)).toEqual([true, false]);
    trainer.dispose();
  });

  it('restores the best weights also where the baseline was never reached', async () => {
    const epochs: Values[] = [];
    const trainer = tinyTrainer([
      earlyStopping({ minDelta: 100, patience: 2, baseline: -5 }),
      watching(epochs),
    ]);
    const { stopped } = await trainer.fit(tinyData(), { epochs: 5, validation });
    expect(stopped).toMatch(/^\[early-stopping\]/);
    expect(epochs).toHaveLength(2);
    expect(await weightsOf(trainer)).toEqual(epochs[0]);
    trainer.dispose();
  });

  it('reads no tensor that a run without it does not read', async () => {
    const reads = async (plugins: readonly AnyPlugin[]): Promise<number> => {
      const trainer = tinyTrainer(plugins);
      await trainer.open();
      const spies = [vi.spyOn(tf.engine(), 'read'), vi.spyOn(tf.engine(), 'readSync')];
      await trainer.fit(tinyData(), { epochs: 3, validation });
      const count = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      vi.restoreAllMocks();
      trainer.dispose();
      return count;
    };
    const without = await reads([]);
    expect(without).toBeGreaterThan(0);
    expect(await reads([earlyStopping(firstIsBest)])).toBe(without);
  });
});

function groups({ plugins }: Awaited<ReturnType<Trainer['save']>>): { readonly others: Values } {
  const own = Object.entries(plain(plugins['early-stopping']!.variables));
  return { others: Object.fromEntries(own.filter(([name]) => name.startsWith('others/'))) };
}

describe('refused are', () => {
  it.each([
    { patience: 0 },
    { patience: 1.5 },
    { minDelta: -1 },
    { minDelta: NaN },
    { baseline: Infinity },
    { mode: 'auto' },
    { monitor: '' },
    { monitor: 'validation_accuracy' },
    { startEpoch: -1 },
    { restoreBest: 1 },
    { patients: 3 },
    null,
  ])('the options %o', (options) => {
    expect(() => earlyStopping(options as EarlyStoppingOptions)).toThrow(
      /^\[earlyStopping\] .+\. .+\. \(OPTION_INVALID\)$/,
    );
  });
});
