import { presentWays, tinyData } from '@cantrip/testing';
import type { AnyPlugin, Plugin, Snapshot } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const counting = (name: string): Plugin<{ steps: number; epochs: number }> => ({
  name,
  state: () => ({ steps: 0, epochs: 0 }),
  onStepEnd: ({ state }) => void (state.steps += 1),
  onEpochEnd: ({ state }) => void (state.epochs += 1),
});

describe.each(await presentWays())('onSettled $name', ({ tinyTrainer }) => {
  it('is called when all plugins have been told, wherever it is in the list', async () => {
    const seen: string[] = [];
    const snapshots: Snapshot[] = [];
    const first: AnyPlugin = {
      name: 'first',
      async onSettled({ after, step, epoch, logs, save }) {
        seen.push(`${after} ${step} ${epoch} ${Object.keys(logs ?? {}).join()}`);
        snapshots.push((await save()).snapshot);
      },
    };
    const trainer = tinyTrainer([first, counting('second')]);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(seen).toEqual([
      'step 1 0 ',
      'step 2 0 ',
      'step 3 0 ',
      'epoch 3 1 loss,accuracy',
      'step 4 1 ',
      'step 5 1 ',
      'step 6 1 ',
      'epoch 6 2 loss,accuracy',
      'fit 6 2 ',
    ]);
    expect(snapshots.map(({ plugins }) => plugins['second']!.state)).toEqual([
      { steps: 1, epochs: 0 },
      { steps: 2, epochs: 0 },
      { steps: 3, epochs: 0 },
      { steps: 3, epochs: 1 },
      { steps: 4, epochs: 1 },
      { steps: 5, epochs: 1 },
      { steps: 6, epochs: 1 },
      { steps: 6, epochs: 2 },
      { steps: 6, epochs: 2 },
    ]);
    expect(snapshots.at(-1)).toEqual(await trainer.save());
    trainer.dispose();
  });

  it('gives no snapshot of a run that has diverged, although the losses are looked at later', async () => {
    const saving: AnyPlugin = {
      name: 'saving',
      onSettled: async ({ after, step, save }) => {
        if (after === 'step' && step === 2) await save();
      },
    };
    const wild: AnyPlugin = { name: 'wild', scheduleLearningRate: () => 1e30 };
    const trainer = tinyTrainer([saving, wild]);
    await expect(trainer.fit(tinyData(), { epochs: 2 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(LOSS|PARAMETER)_NOT_FINITE$/) as string,
    });
    expect(trainer.position().step).toBe(2);
    trainer.dispose();
  });

  it('describes the run', async () => {
    let description: unknown;
    const first: AnyPlugin = {
      name: 'first',
      onSettled: async ({ after, save }) =>
        void (after === 'fit' && (description = (await save()).description)),
    };
    const trainer = tinyTrainer([first]);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(description).toMatchObject({
      plugins: ['tiny-seed', 'first'],
      optimizer: { learningRate: 0.05, batchesPerStep: 1 },
      data: { batchesPerEpoch: 3 },
      length: { epochs: 2, stepsPerEpoch: 3, totalSteps: 6 },
      library: { 'tfjs-core': expect.stringMatching(/^\d+\./) as string },
    });
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    trainer.dispose();
  });
});
