import * as tf from '@tensorflow/tfjs-core';
import { adam } from '@cantrip/optimizers';
import { presentWays, tinyData } from '@cantrip/testing';
import type { Snapshot } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { midEpoch } from './saved-runs.ts';

const snapshot = await midEpoch([{ name: 'more' }]);
const weights = { only: 'weights' } as const;

describe.each(await presentWays())('only the weights of a snapshot, $name,', ({ tinyTrainer }) => {
  it('are restored into a run of another seed, optimizer and plugins, which is else as it was', async () => {
    const trainer = tinyTrainer([{ name: 'other', seed: 8 }], { optimizer: adam(), metrics: [] });
    await trainer.fit(tinyData(), { epochs: 1 });
    const before = await trainer.save();
    const tensors = tf.memory().numTensors;
    await trainer.restore(snapshot, weights);
    expect(await trainer.save()).toEqual({ ...before, variables: snapshot.variables });
    expect(tf.memory().numTensors).toBe(tensors);
    await trainer.fit(tinyData(), { epochs: 2 });
    trainer.dispose();
  });

  it('open a run with its own seed', async () => {
    const trainer = tinyTrainer([{ name: 'other', seed: 8 }]);
    await trainer.restore(snapshot, weights);
    const { run } = await trainer.open();
    expect([run.seed, trainer.position()]).toEqual([8, { epoch: 0, step: 0 }]);
    trainer.dispose();
  });

  it('are enough of it', async () => {
    const trainer = tinyTrainer();
    await trainer.restore({ version: 1, variables: snapshot.variables } as Snapshot, weights);
    expect((await trainer.save()).variables).toEqual(snapshot.variables);
    trainer.dispose();
  });

  it('are refused by name, shape and values, and then nothing is changed', async () => {
    const trainer = tinyTrainer();
    const before = await trainer.save();
    const kernel = snapshot.variables['dense_1/kernel']!;
    const { 'dense_1/kernel': _, ...fewer } = snapshot.variables;
    const wrong: readonly (readonly [Snapshot['variables'], RegExp])[] = [
      [fewer, /has no dense_1\/kernel of model/],
      [{ ...snapshot.variables, x: kernel }, /has x, which model does not have/],
      [
        { ...fewer, 'dense_1/kernel': { ...kernel, shape: [3, 64] } },
        /has dense_1\/kernel as float32 \[3, 64\]/,
      ],
      [{ ...fewer, 'dense_1/kernel': { ...kernel, values: new Int32Array(192) } }, /got Int32Array\(192\)/],
      [
        { ...fewer, 'dense_1/kernel': { ...kernel, values: new Float32Array(1) } },
        /has 1 values of dense_1\/kernel/,
      ],
    ];
    for (const [variables, message] of wrong)
      await expect(trainer.restore({ ...snapshot, variables }, weights)).rejects.toThrow(message);
    expect(await trainer.save()).toEqual(before);
    trainer.dispose();
  });

  it('that are not finite are restored, and a message names them', async () => {
    const said: string[] = [];
    const trainer = tinyTrainer([], { log: (message) => said.push(message) });
    const kernel = snapshot.variables['dense_1/kernel']!;
    const values = Float32Array.from(kernel.values).fill(NaN, 1, 2);
    const variables = { ...snapshot.variables, 'dense_1/kernel': { ...kernel, values } };
    await trainer.restore({ ...snapshot, variables }, weights);
    expect(said.filter((message) => message.includes('not all finite'))).toEqual([
      '[trainer] the restored weights are not all finite: dense_1/kernel.',
    ]);
    expect((await trainer.save()).variables['dense_1/kernel']!.values).toEqual(values);
    trainer.dispose();
  });
});
