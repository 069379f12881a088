import * as tf from '@tensorflow/tfjs-core';
import type { AnyPlugin, Plugin, StepEnd } from '@cantrip/trainer';
import { presentWays, tinyData } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const same = <T>(value: T): T => value;

describe.each(await presentWays())('hooks $name', ({ tinyTrainer, captured }) => {
  const fitWith = (plugins: readonly AnyPlugin[]): Promise<unknown> =>
    tinyTrainer(plugins).fit(tinyData(), { epochs: 1 });

  it('run in the order that the design draws', async () => {
    const calls: string[] = [];
    const note =
      (name: string) =>
      <T>(value: T): T => {
        calls.push(name);
        return value;
      };
    const observe = (name: string) => (): void => void calls.push(name);
    const spy: Plugin = {
      name: 'spy',
      prepare: observe('prepare'),
      setup: observe('setup'),
      onTrainBegin: observe('onTrainBegin'),
      onEpochBegin: observe('onEpochBegin'),
      onStepBegin: observe('onStepBegin'),
      scheduleLearningRate: note('scheduleLearningRate'),
      scheduleScalars: note('scheduleScalars'),
      transformVariables: note('transformVariables'),
      structure: () => (calls.push('structure'), ''),
      transformBatch: note('transformBatch'),
      wrapGradients: (next) => (calls.push('wrapGradients'), next()),
      transformOutputs: note('transformOutputs'),
      transformTargets: note('transformTargets'),
      transformLoss: note('transformLoss'),
      transformGradients: note('transformGradients'),
      onStepEnd: observe('onStepEnd'),
      onEpochEnd: observe('onEpochEnd'),
      onTrainEnd: observe('onTrainEnd'),
    };
    const trainer = tinyTrainer([spy]);
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    // A step that is recorded runs twice.
    expect([...new Set(calls)]).toEqual([
      'prepare',
      'setup',
      'onTrainBegin',
      'onEpochBegin',
      'onStepBegin',
      'scheduleLearningRate',
      'scheduleScalars',
      'transformVariables',
      'structure',
      'transformBatch',
      'wrapGradients',
      'transformOutputs',
      'transformTargets',
      'transformLoss',
      'transformGradients',
      'onStepEnd',
      'onEpochEnd',
      'onTrainEnd',
    ]);
  });

  const readers: readonly (readonly [string, (tensor: tf.Tensor) => unknown])[] = [
    ['dataSync', (tensor) => tensor.dataSync()],
    ['arraySync', (tensor) => tensor.arraySync()],
    ['data', (tensor) => void tensor.data()],
    ['print', (tensor) => tensor.print()],
  ];

  it.each(readers)(
    'of the step that read a value with %s are refused by plugin and hook',
    async (_, read) => {
      const reading: Plugin = { name: 'nosy', transformLoss: (loss) => (read(loss), loss) };
      await expect(fitWith([reading])).rejects.toThrow(
        /^\[nosy\] transformLoss must not read the value of a tensor.*\(HOOK_READ_VALUE\)$/,
      );
    },
  );

  it('may read values on the host side', async () => {
    const seen: number[] = [];
    const reader: Plugin = { name: 'reader', onStepEnd: async ({ loss }) => void seen.push(await loss()) };
    await fitWith([reader]);
    expect(seen).toHaveLength(3);
    expect(seen.every(Number.isFinite)).toBe(true);
  });

  it('learn after each step what its shapes were, how long it took, and of it recording', async () => {
    const seen: StepEnd[] = [];
    const watching: Plugin = { name: 'watching', onStepEnd: (end) => void seen.push(end) };
    // Of a smaller last batch another recording is made, once.
    await tinyTrainer([watching]).fit(tinyData({ examples: 20 }), { epochs: 2 });
    const [full, last] = [8, 4].map((size) => `inputs[${size},6,6,1] targets[${size}] int32`);
    expect(seen.map(({ signature }) => signature)).toEqual([full, full, last, full, full, last]);
    const none = undefined;
    expect(seen.map(({ recording }) => recording?.count)).toEqual(
      captured ? [1, none, 1, none, none, none] : seen.map(() => none),
    );
    for (const { milliseconds, recording } of seen) {
      expect(milliseconds).toBeGreaterThan(recording?.milliseconds ?? 0);
    }
  });

  const broken: readonly (readonly [string, Plugin, RegExp])[] = [
    [
      'returns nothing',
      { name: 'forgetful', transformLoss: (() => undefined) as never },
      /^\[forgetful\] transformLoss must return its first argument.*got undefined.*HOOK_RESULT/,
    ],
    [
      'is asynchronous on the step side',
      { name: 'slow', transformBatch: (async (batch: unknown) => batch) as never },
      /^\[slow\] transformBatch must be synchronous, but it returned a promise.*HOOK_ASYNC/,
    ],
    [
      'schedules a rate that is no number',
      { name: 'odd', scheduleLearningRate: () => Number.NaN },
      /^\[odd\] scheduleLearningRate must return a finite number >= 0, got NaN.*HOOK_RESULT/,
    ],
    [
      'throws',
      {
        name: 'fragile',
        transformGradients: () => {
          throw new Error('no gradient for me.');
        },
      },
      /^\[fragile\] transformGradients threw: no gradient for me\..*HOOK_FAILED/,
    ],
    [
      'fails while it observes',
      { name: 'late', onEpochEnd: () => Promise.reject(new Error('disk full')) },
      /^\[late\] onEpochEnd threw: disk full\..*HOOK_FAILED/,
    ],
  ];

  it.each(broken)('that %s are errors naming plugin and hook', async (_, plugin, message) => {
    await expect(fitWith([plugin])).rejects.toThrow(message);
  });

  it('tell onError what ended the run', async () => {
    let seen: unknown;
    const watcher: Plugin = { name: 'watcher', onError: ({ error }) => void (seen = error) };
    const failing: Plugin = { name: 'failing', onEpochBegin: () => Promise.reject(new Error('gone')) };
    await expect(fitWith([watcher, failing])).rejects.toThrow(/gone/);
    expect(seen).toMatchObject({ code: 'HOOK_FAILED', who: 'failing' });
  });

  it('feed scheduled numbers to the step as scalars', async () => {
    const scheduling: Plugin = {
      name: 'scaling',
      scheduleScalars: (scalars, { step }) => ({ ...scalars, lossScale: step === 0 ? 1 : 0 }),
      transformLoss: (loss, { scalars }) => tf.mul(loss, scalars['lossScale']!),
    };
    const losses: number[] = [];
    const reader: Plugin = { name: 'reader', onStepEnd: async ({ loss }) => void losses.push(await loss()) };
    await fitWith([scheduling, reader]);
    expect(losses[0]).toBeGreaterThan(0);
    expect(losses.slice(1)).toEqual([0, 0]);
  });

  it('draw from streams that do not disturb each other', async () => {
    const drawing = (name: string): Plugin & { readonly drawn: number[][] } => {
      const drawn: number[][] = [];
      let last: tf.Variable | undefined;
      return {
        name,
        drawn,
        transformBatch(batch, { random }) {
          last ??= tf.variable(tf.zeros([3]), false);
          last.assign(random(name).uniform([3]));
          return batch;
        },
        onStepEnd: () => void drawn.push(Array.from(last!.dataSync())),
        onTrainEnd: () => last!.dispose(),
      };
    };
    const draws = async (...names: string[]): Promise<readonly number[][]> => {
      const plugins = names.map(drawing);
      await fitWith(plugins.map(({ drawn: _, ...plugin }) => plugin));
      return plugins.at(-1)!.drawn;
    };
    const alone = await draws('a');
    const together = await draws('b', 'a');
    expect(together).toEqual(alone);
    expect(new Set(alone.flat()).size).toBe(9);
  });

  it('give another plugin of the run through run.use, typed by its object', async () => {
    const counter: Plugin<{ count: number }, { count(): number }> = {
      name: 'counter',
      state: () => ({ count: 0 }),
      onStepEnd: ({ state }) => void state.count++,
      api: (_run, state) => ({ count: () => state.count }),
    };
    let seen = 0;
    const user: Plugin = { name: 'user', onTrainEnd: ({ run }) => void (seen = run.use(counter).count()) };
    await fitWith([counter, user]);
    expect(seen).toBe(3);
    await expect(fitWith([user])).rejects.toThrow(/\[counter\] must be in plugins.*PLUGIN_ABSENT/);
  });

  it('choose which variables train', async () => {
    const only: Plugin = {
      name: 'only-head',
      transformVariables: (variables) =>
        Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('dense'))),
    };
    const trainer = tinyTrainer([only]);
    const before = await trainer.save();
    await trainer.fit(tinyData(), { epochs: 1 });
    const after = await trainer.save();
    const changed = Object.keys(after.variables).filter(
      (name) => String(after.variables[name]!.values) !== String(before.variables[name]!.values),
    );
    expect(changed.filter((name) => !name.includes('moving'))).toEqual(['dense_1/kernel', 'dense_1/bias']);
  });

  it('that leave nothing to train are an error', async () => {
    await expect(fitWith([{ name: 'frost', transformVariables: () => ({}) }])).rejects.toThrow(
      /MODEL_INVALID/,
    );
  });

  it('keep the same order in both: list order is run order', async () => {
    const order: string[] = [];
    const noting = (name: string): Plugin => ({
      name,
      transformLoss: (loss) => (order.push(name), same(loss)),
    });
    await tinyTrainer([noting('x'), noting('y')]).fit(tinyData({ examples: 8 }), { epochs: 1 });
    // A recording runs the step's JavaScript twice: once to record it, and once to compare.
    expect(order).toEqual(captured ? ['x', 'y', 'x', 'y'] : ['x', 'y']);
  });
});
