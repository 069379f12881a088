import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { plain, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { type AnyPlugin, type BatchSource, meanSquaredError } from '@cantrip/trainer';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { earlyStopping } from '../src/index.ts';

/** A model that gives 0 and is not trained, so the loss of an example is the square of its target. */
const zero = (): LayersModel =>
  sequential({ layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })] });

/** An epoch of batches with these targets. */
const targetsOf = (...batches: readonly (readonly number[])[]): BatchSource => ({
  batchesPerEpoch: batches.length,
  batches: () =>
    batches.map((targets) => ({
      inputs: { values: Float32Array.from(targets), shape: [targets.length, 1] },
      targets: { values: Float32Array.from(targets), shape: [targets.length, 1] },
      size: targets.length,
    })),
});

describe.each(await presentWays())('early stopping within an epoch, $name,', ({ tinyTrainer }) => {
  const still = { model: zero, optimizer: sgd({ learningRate: 0 }), loss: meanSquaredError(), metrics: [] };
  /** Losses of two steps: (4 + 3 * 0) / 4, then (1 + 3 * 1) / 4 twice, and more. */
  const data = targetsOf([2], [0, 0, 0], [1], [1, 1, 1], [1], [1, 1, 1], [0], [0, 0, 0]);

  it('judges the mean of all examples since the last check, and stops at once', async () => {
    const plugin = earlyStopping({ monitor: 'loss', every: 2, patience: 2 });
    const trainer = tinyTrainer([plugin], still);
    const { stopped } = await trainer.fit(data, { epochs: 2 });
    const { run } = await trainer.open();
    const { best, bestStep, wait } = run.use(plugin);
    expect([best(), bestStep(), wait()]).toEqual([1, 2, 2]);
    expect((await trainer.save()).position).toMatchObject({ epoch: 0, batch: 6 });
    trainer.dispose();
    expect(stopped).toBe(
      '[early-stopping] loss is 1 and has not improved for 2 checks; the best was 1 after step 2',
    );
  });

  it('counts updates where a step has several batches, and parts of an epoch', async () => {
    const accumulated = { ...still, optimizer: accumulateGradients(still.optimizer, { steps: 2 }) };
    const bestStepOf = async (every: number | '0.5ep', options: typeof still): Promise<unknown> => {
      const plugin = earlyStopping({ monitor: 'loss', every, patience: 9 });
      const trainer = tinyTrainer([plugin], options);
      await trainer.fit(data, { epochs: 1 });
      const { run } = await trainer.open();
      const { best, bestStep } = run.use(plugin);
      trainer.dispose();
      return [best(), bestStep()];
    };
    // The last four losses have the mean (1 + 3 * 1 + 0 + 3 * 0) / 8, the first four (4 + 0 + 1 + 3) / 8.
    expect(await bestStepOf(2, accumulated)).toEqual([0.5, 4]);
    expect(await bestStepOf('0.5ep', accumulated)).toEqual([0.5, 4]);
    expect(await bestStepOf('0.5ep', still)).toEqual([0.5, 8]);
  });

  it('gives the model the weights after the step of the best check', async () => {
    const after: unknown[] = [];
    const watching: AnyPlugin = {
      name: 'watching',
      onStepEnd: ({ run }) =>
        void after.push(
          Object.fromEntries(Object.entries(run.variables).map(([name, one]) => [name, [...one.dataSync()]])),
        ),
    };
    // No check improves by that much, so the first one is the best.
    const stopping = earlyStopping({ monitor: 'loss', every: 2, minDelta: 100, patience: 9 });
    const trainer = tinyTrainer([stopping, watching]);
    await trainer.fit(tinyData(), { epochs: 4 });
    expect(after).toHaveLength(12);
    expect(await weightsOf(trainer)).toEqual(after[1]);
    trainer.dispose();
  });

  it('resumes between two checks to the same bits', async () => {
    const trained = async (stops: readonly number[]): Promise<unknown> => {
      let saved: unknown;
      for (const stop of [...stops, Infinity]) {
        const ends: AnyPlugin = {
          name: 'ends',
          onStepEnd: ({ run, step }) => void (step === stop && run.stop('a test')),
        };
        const trainer = tinyTrainer([
          earlyStopping({ monitor: 'loss', every: 3, patience: 2, minDelta: 0.05 }),
          ends,
        ]);
        if (saved !== undefined) await trainer.restore(saved as never);
        await trainer.fit(tinyData(), { epochs: 6 });
        saved = structuredClone(await trainer.save());
        trainer.dispose();
      }
      const { position, variables, slots, plugins } = saved as Awaited<
        ReturnType<ReturnType<typeof tinyTrainer>['save']>
      >;
      return [position, plain(variables), plain(slots), plugins['early-stopping']];
    };
    expect(await trained([1, 5])).toEqual(await trained([]));
  });

  it('is refused for a figure that there is once an epoch', () => {
    expect(() => earlyStopping({ every: 5 })).toThrow(
      "[earlyStopping] every needs the monitor 'loss', and monitor is 'validation_loss', which there is once an epoch. Set monitor: 'loss', or remove every. (OPTION_INVALID)",
    );
    for (const every of [0, '0ep', 1.5, -1, 'ep'] as never[])
      expect(() => earlyStopping({ monitor: 'loss', every })).toThrow('OPTION_INVALID');
  });
});
