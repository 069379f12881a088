import * as tf from '@tensorflow/tfjs-core';
import { accumulateGradients, adam, adamw, type Optimizer, rmsprop, sgd } from '@cantrip/optimizers';
import { tinyData, tinyModel, tinyTrainer } from '@cantrip/testing';
import { type AnyPlugin, meanSquaredError, type Snapshot, topK, type Trainer } from '@cantrip/trainer';
import { deserialize, serialize } from 'node:v8';
import { afterEach, describe, expect, it } from 'vitest';
import { everything, midEpoch } from './saved-runs.ts';

const trainers: Trainer[] = [];
afterEach(() => trainers.splice(0).forEach((trainer) => trainer.dispose()));

function fresh(plugins: readonly AnyPlugin[] = [], options: Parameters<typeof tinyTrainer>[1] = {}): Trainer {
  const trainer = tinyTrainer(plugins, options);
  trainers.push(trainer);
  return trainer;
}

const whole = await midEpoch();
const kernel = 'dense_1/kernel';
const { values, ...shapeAndType } = whole.variables[kernel]!;
const slot = `${kernel}/momentum`;

/** Counts that agree with each other, but not with the 3 batches that the data promised. */
const beyond = { epoch: 1, step: 7, batch: 4, examples: 32, batches: 7 };

/** The snapshot with something changed at a path; undefined takes it away. */
function changed(path: readonly string[], value: unknown): Snapshot {
  const copy = structuredClone(whole);
  const at = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (inner, key) => inner[key] as Record<string, unknown>,
      copy as unknown as Record<string, unknown>,
    );
  if (value === undefined) delete at[path.at(-1)!];
  else at[path.at(-1)!] = value;
  return copy;
}

const counts = ['epoch', 'step', 'batch', 'examples', 'batches'];
const noCounts = [NaN, -5, '2', 0.5, Infinity, 2 ** 53, null, undefined];

const broken: readonly (readonly [what: string, path: readonly string[], value: unknown])[] = [
  ['version 2', ['version'], 2],
  ['no version', ['version'], undefined],
  ['a seed that is no integer', ['seed'], 1.5],
  ['a seed that is text', ['seed'], '7'],
  ...counts.flatMap((count) =>
    noCounts.map((value) => [`${String(value)} as ${count}`, ['position', count], value] as const),
  ),
  ['more batches of an epoch than in all', ['position', 'batch'], 99],
  ['more steps than batches', ['position', 'step'], 99],
  ['more batches than its steps have', ['position', 'batches'], 99],
  ['more epochs than batches', ['position', 'epoch'], 99],
  ['fewer examples than batches', ['position', 'examples'], 0],
  ['examples of an epoch without a batch', ['position', 'batch'], 0],
  ['more batches of an epoch than its data promised', ['position'], beyond],
  ['a weight below 0', ['totals', 'weights', 'accuracy'], -1],
  ['a sum that is NaN', ['totals', 'sums', 'accuracy'], NaN],
  ['a weight that is infinite', ['totals', 'weights', 'accuracy'], Infinity],
  ['a sum without its weight', ['totals', 'weights', 'accuracy'], undefined],
  ['no totals', ['totals'], undefined],
  ['values that are too few', ['variables', kernel, 'values'], values.slice(1)],
  ['values that are too many', ['variables', kernel, 'values'], new Float32Array(values.length + 1)],
  ['int32 values of a float32 weight', ['variables', kernel, 'values'], Int32Array.from(values)],
  ['float64 values', ['variables', kernel, 'values'], Float64Array.from(values)],
  ['an unknown dtype', ['variables', kernel, 'dtype'], 'float64'],
  ['a shape that is no list', ['variables', kernel, 'shape'], 48],
  ['a shape with a negative length', ['variables', kernel, 'shape'], [-16, -3]],
  ['another shape of as many values', ['variables', kernel, 'shape'], [...shapeAndType.shape].reverse()],
  ['a weight too few', ['variables', kernel], undefined],
  ['a weight too many', ['variables', 'other/kernel'], whole.variables[kernel]],
  ['no slots', ['slots'], {}],
  ['a slot too few', ['slots', slot], undefined],
  ['a slot too many', ['slots', 'other/kernel/momentum'], whole.slots[slot]],
  ['a slot of too few values', ['slots', slot, 'values'], values.slice(1)],
  ['a slot of another shape', ['slots', slot, 'shape'], [...shapeAndType.shape].reverse()],
  [
    'a slot of int32',
    ['slots', slot],
    { dtype: 'int32', shape: shapeAndType.shape, values: Int32Array.from(values) },
  ],
  ['no optimizer', ['optimizer'], undefined],
  ['another optimizer', ['optimizer', 'name'], 'adam'],
  ['another number of batches in a step', ['optimizer', 'batchesPerStep'], 4],
  ['slots of another kind', ['optimizer', 'keeps'], []],
  ['no plugins', ['plugins'], undefined],
  ['a plugin too few', ['plugins', 'tiny-seed'], undefined],
  ['a plugin too many', ['plugins', 'other'], { state: {}, variables: {} }],
  ['a plugin state that is a list', ['plugins', 'tiny-seed', 'state'], []],
  ['a plugin state that holds a function', ['plugins', 'tiny-seed', 'state'], { next: () => 1 }],
  ['a plugin state that is a Map', ['plugins', 'tiny-seed', 'state'], new Map()],
  [
    'a variable of a plugin that has none',
    ['plugins', 'tiny-seed', 'variables', 'x'],
    whole.variables[kernel],
  ],
  ['no promise of its data, in the middle of an epoch', ['data'], undefined],
  ['a promise of no batches', ['data', 'batchesPerEpoch'], 0],
  ['a part that save() does not give', ['more'], 1],
];

describe('a snapshot is refused, and the trainer is as it was, with', () => {
  it.each(broken)('%s', async (_what, path, value) => {
    const trainer = fresh();
    await trainer.fit(tinyData(), { epochs: 1 });
    const before = await everything(trainer);
    await expect(trainer.restore(changed(path, value))).rejects.toThrow(
      /^\[trainer\] the snapshot .+\. .+\. \(STATE_MISMATCH\)$|^\[sgd\] .*the slot .+\. \(STATE_MISMATCH\)$/,
    );
    expect(await everything(trainer)).toEqual(before);
  });

  it.each([undefined, null, 1, 'a snapshot', [], Promise.resolve(whole)])('nothing but %s', async (given) => {
    const trainer = fresh();
    await expect(trainer.restore(given as never)).rejects.toThrow(/\(STATE_MISMATCH\)$/);
  });

  it('an option that restore does not have', async () => {
    const wrong = { only: 'slots' } as never;
    await expect(fresh().restore(whole, wrong)).rejects.toThrow(
      /\[restore\] only must be .*\(OPTION_INVALID\)$/,
    );
  });

  it('values that went through JSON, and is not where they went through v8', async () => {
    await expect(fresh().restore(JSON.parse(JSON.stringify(whole)) as Snapshot)).rejects.toThrow(
      /the snapshot went through JSON, which does not keep typed arrays: .*serialize\(\) of node:v8.*\(STATE_MISMATCH\)$/,
    );
    await fresh().restore(deserialize(serialize(whole)) as Snapshot);
  });
});

const optimizers: readonly (readonly [what: string, from: Optimizer, to: Optimizer])[] = [
  ['sgd in sgd with momentum', sgd(), sgd({ momentum: 0.9 })],
  ['sgd with momentum in sgd', sgd({ momentum: 0.9 }), sgd()],
  ['sgd in adam', sgd(), adam()],
  ['adam in adamw', adam(), adamw()],
  ['adam in rmsprop', adam(), rmsprop()],
  [
    'three batches a step in four',
    accumulateGradients(adam(), { steps: 3 }),
    accumulateGradients(adam(), { steps: 4 }),
  ],
  ['two batches a step in one', accumulateGradients(sgd(), { steps: 2 }), sgd()],
];

describe('a run goes not on', () => {
  it.each(optimizers)('of %s', async (_what, from, to) => {
    const trainer = fresh([], { optimizer: from });
    await trainer.fit(tinyData(), { epochs: 1 });
    const snapshot = await trainer.save();
    await fresh([], { optimizer: from }).restore(snapshot);
    await expect(fresh([], { optimizer: to }).restore(snapshot)).rejects.toThrow(
      /Use the same optimizer.*\(STATE_MISMATCH\)$/,
    );
  });

  it('with a plugin that only the run has, or only the snapshot', async () => {
    const more: AnyPlugin = { name: 'more' };
    await expect(fresh([more]).restore(whole)).rejects.toThrow(/has no state of the plugin more/);
    const trainer = fresh([more]);
    await expect(fresh().restore(await trainer.save())).rejects.toThrow(
      /state of the plugin more, which this run does not have/,
    );
  });

  it('in the middle of an epoch with other metrics, but does at its end', async () => {
    const metrics = [topK({ k: 2 })];
    await expect(fresh([], { metrics }).restore(whole)).rejects.toThrow(
      /after 1 batches of an epoch with the figures loss, accuracy, but this run has loss, top2/,
    );
    const trainer = fresh();
    await trainer.fit(tinyData(), { epochs: 1 });
    await fresh([], { metrics }).restore(await trainer.save());
  });
});

describe('a trainer that was not open when a snapshot was refused', () => {
  const other = changed(['variables', kernel], {
    dtype: 'float32',
    shape: [1],
    values: new Float32Array(1),
  });

  it('is not open with its seed', async () => {
    const trainer = fresh([], { plugins: [] });
    const foreign = { ...other, plugins: {}, seed: 123 };
    await expect(trainer.restore(foreign)).rejects.toThrow(/STATE_MISMATCH/);
    expect((await trainer.open()).run.seed).not.toBe(123);
  });

  it('holds no tensor, and makes its model again under the same names', async () => {
    const model = () => {
      const w = tf.tidy(() => tf.variable(tf.scalar(1), true, 'only-once'));
      return (x: tf.Tensor | Readonly<Record<string, tf.Tensor>>) => tf.mul(x as tf.Tensor, w);
    };
    const trainer = fresh([], { model, loss: meanSquaredError(), metrics: [] });
    const before = tf.memory().numTensors;
    await expect(trainer.restore(other)).rejects.toThrow(/STATE_MISMATCH/);
    expect(tf.memory().numTensors).toBe(before);
    const { run } = await trainer.open();
    tf.dispose(Object.values(run.variables));
  });

  it('leaves a model that was there before', async () => {
    const model = tinyModel();
    const trainer = fresh([], { model });
    await expect(trainer.restore(other)).rejects.toThrow(/STATE_MISMATCH/);
    expect(model.getWeights().every(({ isDisposed }) => !isDisposed)).toBe(true);
    await trainer.fit(tinyData(), { epochs: 1 });
  });
});
