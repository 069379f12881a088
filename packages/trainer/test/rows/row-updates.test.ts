import { accumulateGradients, adam, adamw, clip, type Optimizer, sgd } from '@cantrip/optimizers';
import { expectClose, presentDevices, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, BatchSource, Trainer, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import golden from '../golden/row-updates.json' with { type: 'json' };
import { countRowUpdates } from './count-row-updates.ts';
import { watchedLosses } from '../capture/state-trainer.ts';

const [native] = await presentDevices(['tensorflow']);
const { table, kernel, batches, targets, learningRate } = golden.cases.inputs;
const [rows, width] = [table.length, table[0]!.length];

const source: BatchSource = {
  stepsPerEpoch: batches.length,
  batches: ({ start }) =>
    batches.slice(start).map((batch) => ({
      inputs: { values: Int32Array.from(batch.flat()), shape: [2, 3] },
      targets: { values: Float32Array.from(targets.flat()), shape: [2, 1] },
      size: 2,
    })),
};

const words = (name: string, options: object = {}): tfl.layers.Layer =>
  tfl.layers.embedding({
    inputDim: rows,
    outputDim: width,
    inputLength: 3,
    weights: [tf.tensor2d(table)],
    name,
    ...options,
  });

const model = (options: object = {}): tfl.LayersModel =>
  tfl.sequential({
    layers: [
      words('words', options),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 1, useBias: false, weights: [tf.tensor2d(kernel)], name: 'head' }),
    ],
  });

interface Trained {
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly losses: readonly number[];
}

async function train(options: Partial<TrainerOptions>, epochs = 1): Promise<Trained> {
  const { trainer, losses, log } = watchedLosses({
    model: () => model(),
    optimizer: sgd({ learningRate }),
    capture: true,
    ...options,
  });
  await trainer.fit(source, { epochs });
  const weights = await weightsOf(trainer);
  trainer.dispose();
  expect(log).toEqual([]);
  return { weights, losses };
}

const optimizers: Record<keyof typeof golden.cases.trained, Optimizer> = {
  sgd: sgd({ learningRate }),
  'sgd, clipped': clip(sgd({ learningRate }), { globalNorm: 0.5 }),
  'sgd, weight decay': sgd({ learningRate, weightDecay: 0.1 }),
  'sgd, momentum': sgd({ learningRate, momentum: 0.9 }),
  adam: adam({ learningRate }),
  adamw: adamw({ learningRate, weightDecay: 0.1 }),
};

/** Those whose rule leaves a row without a gradient as it is. */
const byRows: readonly string[] = ['sgd', 'sgd, clipped'];

describe.skipIf(!native)('the rows of an embedding', () => {
  let updates: ReturnType<typeof countRowUpdates>;
  beforeEach(() => void (updates = countRowUpdates()));
  afterEach(() => updates.stop());

  it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])(
    'with %s train as in PyTorch',
    async (name) => {
      const { losses, weights } = await train({ optimizer: optimizers[name] });
      const expected = golden.cases.trained[name];
      expectClose(losses, expected.losses, golden.tolerance);
      expectClose(weights['words/embeddings']!, expected.table.flat(), golden.tolerance);
      expectClose(weights['head/kernel']!, expected.kernel.flat(), golden.tolerance);
      expect(updates.byRows > 0).toBe(byRows.includes(name));
    },
  );

  it('become the same in every bit as op by op', async () => {
    expect(await train({}, 3)).toEqual(await train({ capture: false }, 3));
    expect(updates.byRows).toBeGreaterThan(0);
  });

  it('become the same for a table of two inputs', async () => {
    const twice = (): tfl.LayersModel => {
      const input = tfl.input({ shape: [3] });
      const shared = words('words');
      const call = (): tfl.SymbolicTensor => shared.apply(input) as tfl.SymbolicTensor;
      const sum = tfl.layers.multiply().apply([call(), call()]) as tfl.SymbolicTensor;
      const flat = tfl.layers.flatten().apply(sum);
      const outputs = tfl.layers
        .dense({ units: 1, weights: [tf.tensor2d(kernel), tf.zeros([1])] })
        .apply(flat);
      return tfl.model({ inputs: input, outputs: outputs as tfl.SymbolicTensor });
    };
    expect(await train({ model: twice })).toEqual(await train({ model: twice, capture: false }));
    expect(updates.byRows).toBeGreaterThan(0);
  });

  it('that a mask leaves out do not change', async () => {
    const masked = (): tfl.LayersModel =>
      tfl.sequential({
        layers: [
          words('words', { maskZero: true }),
          tfl.layers.simpleRNN({ units: 2, kernelInitializer: 'ones', recurrentInitializer: 'zeros' }),
          tfl.layers.dense({ units: 1, kernelInitializer: 'ones' }),
        ],
      });
    const { weights } = await train({ model: masked });
    expect(weights['words/embeddings']!.slice(0, width)).toEqual([...Float32Array.from(table[0]!)]);
    expect(weights).toEqual((await train({ model: masked, capture: false })).weights);
    expect(updates.byRows).toBeGreaterThan(0);
  });

  it('are all updated where a plugin changes the gradient of every row, as op by op', async () => {
    const noise: AnyPlugin = {
      name: 'noise',
      transformGradients: (gradients) =>
        Object.fromEntries(Object.entries(gradients).map(([name, one]) => [name, tf.add(one, 0.01)])),
    };
    expect(await train({ plugins: [noise] })).toEqual(await train({ plugins: [noise], capture: false }));
    expect(updates.byRows).toBe(0);
  });

  it('are averaged by a plugin that reads the whole table in each step', async () => {
    const averages = async (capture: boolean): Promise<number[]> => {
      let average: tf.Variable | undefined;
      const plugin: AnyPlugin = {
        name: 'average',
        setup: () => {
          average = tf.tidy(() => tf.variable(tf.zeros([rows, width]), false));
        },
        variables: () => ({ average: average! }),
        transformOptimizer: (optimizer) => ({
          ...optimizer,
          apply: (update) => {
            optimizer.apply(update);
            const value = update.variables['words/embeddings']!;
            tf.tidy(() => average!.assign(tf.add(tf.mul(average!, 0.5), tf.mul(value, 0.5))));
          },
        }),
      };
      const { trainer } = watchedLosses({
        model: () => model(),
        optimizer: sgd({ learningRate }),
        capture,
        plugins: [plugin],
      });
      await trainer.fit(source, { epochs: 1 });
      const result = [...average!.dataSync()];
      trainer.dispose();
      average!.dispose();
      return result;
    };
    const expected = await averages(false);
    expect(expected.every((value) => value !== 0)).toBe(true);
    expect(await averages(true)).toEqual(expected);
    expect(updates.byRows).toBeGreaterThan(0);
  });

  it('are accumulated over several batches as op by op', async () => {
    const optimizer = accumulateGradients(sgd({ learningRate }), { steps: 3 });
    expect(await train({ optimizer })).toEqual(await train({ optimizer, capture: false }));
  });

  it('stay where the table is frozen, and train again when it is not', async () => {
    const half = async (capture: boolean): Promise<Trained['weights']> => {
      let built!: tfl.LayersModel;
      const { trainer } = watchedLosses({
        model: () => (built = model()),
        optimizer: sgd({ learningRate }),
        capture,
      });
      const layer = (): tfl.layers.Layer => built.getLayer('words');
      await trainer.fit(source, { epochs: 1 });
      const before = await weightsOf(trainer);
      layer().trainable = false;
      await trainer.fit(source, { epochs: 2 });
      const frozen = await weightsOf(trainer);
      expect(frozen['words/embeddings']).toEqual(before['words/embeddings']);
      expect(frozen['head/kernel']).not.toEqual(before['head/kernel']);
      layer().trainable = true;
      await trainer.fit(source, { epochs: 3 });
      const after = await weightsOf(trainer);
      trainer.dispose();
      return after;
    };
    expect(await half(true)).toEqual(await half(false));
  });

  it('go on from a snapshot as if never stopped', async () => {
    const begin = (): Trainer =>
      watchedLosses({ model: () => model(), optimizer: sgd({ learningRate }), capture: true }).trainer;
    const whole = begin();
    await whole.fit(source, { epochs: 2 });
    const first = begin();
    await first.fit(source, { epochs: 1 });
    const saved = await first.save();
    const second = begin();
    await second.restore(saved);
    await second.fit(source, { epochs: 2 });
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    for (const one of [whole, first, second]) one.dispose();
    expect(updates.byRows).toBeGreaterThan(0);
  });
});
