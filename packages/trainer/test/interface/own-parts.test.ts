import * as tf from '@tensorflow/tfjs-core';
import type { AnyPlugin, Plugin } from '@cantrip/trainer';
import { presentWays, tinyData, tinyModel, weightsOf } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

describe.each(await presentWays())('what a plugin has of its own in a run, $name', ({ tinyTrainer }) => {
  it('is in every hook: locals of setup, and variables', async () => {
    const seen = new Map<string, unknown>();
    const note = (hook: string, { locals, ownVariables }: { locals: unknown; ownVariables: object }): void =>
      void seen.set(hook, [locals, Object.keys(ownVariables)]);
    const step =
      (hook: string) =>
      <T>(value: T, context: never): T => (note(hook, context), value);
    const host = (hook: string) => (context: never) => note(hook, context);
    const mine = { mine: true };
    const plugin = {
      name: 'mine',
      setup: () => ({ locals: mine }),
      variables: () => ({ count: tf.variable(tf.scalar(0), false) }),
      transformOptimizer: step('transformOptimizer'),
      scheduleLearningRate: step('scheduleLearningRate'),
      scheduleScalars: step('scheduleScalars'),
      transformBatch: step('transformBatch'),
      transformVariables: step('transformVariables'),
      transformOutputs: step('transformOutputs'),
      transformTargets: step('transformTargets'),
      transformLoss: step('transformLoss'),
      transformGradients: step('transformGradients'),
      wrapGradients: (next: () => never, context: never) => (note('wrapGradients', context), next()),
      onTrainBegin: host('onTrainBegin'),
      onEpochBegin: host('onEpochBegin'),
      onStepBegin: host('onStepBegin'),
      onStepEnd: host('onStepEnd'),
      onEvaluateBegin: host('onEvaluateBegin'),
      onEvaluateBatch: host('onEvaluateBatch'),
      onEvaluateEnd: host('onEvaluateEnd'),
      onEpochEnd: host('onEpochEnd'),
      onTrainEnd: host('onTrainEnd'),
    } as AnyPlugin;
    const trainer = tinyTrainer([plugin]);
    await trainer.fit(tinyData(), { epochs: 1, validation: tinyData() });
    expect(seen.size).toBe(19);
    for (const own of seen.values()) expect(own).toEqual([mine, ['count']]);
    trainer.dispose();
  });

  it('is of one run: one plugin object in two trainers that take turns', async () => {
    const counting: Plugin<Record<string, unknown>, void, { steps: number }> = {
      name: 'counting',
      setup: () => ({ locals: { steps: 0 } }),
      onStepEnd: ({ locals }) => void locals.steps++,
      onEpochEnd: ({ run, locals }) => run.log(`${locals.steps} steps`),
    };
    const logs: string[] = [];
    const [a, b] = ['a', 'b'].map((name) =>
      tinyTrainer([counting], { log: (message) => void logs.push(`${name}: ${message}`) }),
    );
    await a!.fit(tinyData(), { epochs: 1 });
    await b!.fit(tinyData({ examples: 8 }), { epochs: 1 });
    await a!.fit(tinyData(), { epochs: 2 });
    expect(logs.filter((log) => log.endsWith('steps'))).toEqual(['a: 3 steps', 'b: 1 steps', 'a: 6 steps']);
    for (const trainer of [a, b]) trainer!.dispose();
  });

  it('undoes what setup did, also where setup gives locals', async () => {
    let undone = 0;
    const trainer = tinyTrainer([
      { name: 'undoing', setup: () => ({ locals: 1, undo: () => void undone++ }) },
    ]);
    await trainer.open();
    trainer.dispose();
    expect(undone).toBe(1);
  });

  it('disposes of its variables, which a plugin may have done itself', async () => {
    const made: tf.Variable[] = [];
    const make = (): tf.Variable => {
      made.push(tf.variable(tf.scalar(0), false));
      return made.at(-1)!;
    };
    const trainer = tinyTrainer([
      { name: 'careless', variables: () => ({ one: make() }) },
      { name: 'careful', variables: () => ({ two: make() }), setup: () => () => made.at(-1)!.dispose() },
    ]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(made.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
  });

  it('leaves the variables of the model, where a plugin names them as its own', async () => {
    const model = tinyModel();
    const trainer = tinyTrainer([{ name: 'naming', variables: (run) => run.variables }], { model });
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    expect(model.weights.map((weight) => weight.read().isDisposed)).not.toContain(true);
  });

  it('carries a tensor from transformBatch to later hooks of the same batch, and no other plugin sees it', async () => {
    const losses: number[] = [];
    const carrying: AnyPlugin = {
      name: 'carrying',
      transformBatch(batch, { random, carry }) {
        expect(Object.keys(carry)).toEqual([]);
        carry['factor'] = random('factor').uniform([]);
        return batch;
      },
      transformLoss: (loss, { carry }) => tf.mul(loss, tf.mul(carry['factor']!, 0)) as tf.Scalar,
      onStepEnd: async ({ loss }) => void losses.push(await loss()),
    };
    const other: AnyPlugin = {
      name: 'other',
      transformLoss: (loss, { carry }) => (expect(Object.keys(carry)).toEqual([]), loss),
    };
    const trainer = tinyTrainer([carrying, other]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(losses).toEqual([0, 0, 0]);
    trainer.dispose();
  });

  it('reads a scalar by name, and refuses one that nobody gives', async () => {
    const losses: number[] = [];
    const doubling: AnyPlugin = {
      name: 'doubling',
      scheduleScalars: (scalars) => ({ ...scalars, factor: 0 }),
      transformLoss: (loss, { scalar }) => tf.mul(loss, scalar('factor')),
      onStepEnd: async ({ loss }) => void losses.push(await loss()),
    };
    const trainer = tinyTrainer([doubling]);
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(losses).toEqual([0, 0, 0]);
    trainer.dispose();
    const asking = tinyTrainer([
      { name: 'asking', transformLoss: (loss, { scalar }) => tf.mul(loss, scalar('fcator')) },
    ]);
    await expect(asking.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      /^\[asking\] scalar\('fcator'\) must name a scalar of this step, which are learningRate, step\. Return fcator from scheduleScalars\. \(SCALAR_UNKNOWN\)$/,
    );
    asking.dispose();
  });

  it('is told before each step, when the schedules have not run yet', async () => {
    const calls: string[] = [];
    const plugin: AnyPlugin = {
      name: 'before',
      onStepBegin: ({ step }) => void calls.push(`begin ${step}`),
      scheduleLearningRate: (rate, { step }) => (calls.push(`schedule ${step}`), rate),
      onStepEnd: ({ step }) => void calls.push(`end ${step}`),
    };
    const trainer = tinyTrainer([plugin]);
    await trainer.fit(tinyData({ examples: 16 }), { epochs: 1 });
    expect(calls).toEqual(['begin 0', 'schedule 0', 'end 1', 'begin 1', 'schedule 1', 'end 2']);
    expect(Object.keys(await weightsOf(trainer))).not.toEqual([]);
    trainer.dispose();
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'a number',
      () => 3,
      /^\[wrong\] setup must return nothing, an undo function, or \{ locals, undo \}, got 3/,
    ],
    ['a misspelt key', () => ({ lokals: 3 }), /HOOK_RESULT/],
    ['an undo that is no function', () => ({ locals: 1, undo: 3 }), /HOOK_RESULT/],
    ['a promise', async () => Promise.resolve(), /HOOK_ASYNC/],
  ];
  it.each(wrong)('refuses a setup that returns %s', async (_, setup, words) => {
    const trainer = tinyTrainer([{ name: 'wrong', setup } as AnyPlugin]);
    await expect(trainer.open()).rejects.toThrow(words);
    trainer.dispose();
  });
});
