import { openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import {
  type BatchSource,
  createTrainer,
  meanSquaredError,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { uniqueNames } from '../../src/model/unique-names.ts';

type Symbolic = tfl.SymbolicTensor;
const one = (value: number) => ({ values: Float32Array.of(value), shape: [1, 1] });

/** One weight of 1, used for two inputs. */
function twice(): tfl.LayersModel {
  const [a, b] = [tfl.input({ shape: [1], name: 'a' }), tfl.input({ shape: [1], name: 'b' })];
  const dense = tfl.layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones', name: 'shared' });
  return tfl.model({ inputs: [a, b], outputs: [dense.apply(a) as Symbolic, dense.apply(b) as Symbolic] });
}

const source = (targets: BatchTargets): BatchSource => ({
  stepsPerEpoch: 1,
  batches: () => [{ inputs: { a: one(1), b: one(10) }, targets, size: 1 }],
});
type BatchTargets = ReturnType<typeof one> | Readonly<Record<string, ReturnType<typeof one>>>;

describe.each(await presentWays())('outputs of one layer $name', ({ options }) => {
  beforeAll(() => openDevice(options.device));

  const trainer = (more: Pick<TrainerOptions, 'model' | 'loss'>): Trainer =>
    createTrainer({ ...options, log: () => undefined, optimizer: sgd({ learningRate: 0.001 }), ...more });

  it('are numbered, and both are trained', async () => {
    const training = trainer({
      model: twice,
      loss: { shared: meanSquaredError(), shared_1: meanSquaredError() },
    });
    const { epochs } = await training.fit(source({ shared: one(0), shared_1: one(0) }), { epochs: 1 });
    // 1^2 + 10^2, whose gradient is 2 * 1 + 2 * 100.
    expect(epochs[0]!['loss']).toBeCloseTo(101, 4);
    const { variables } = await training.save();
    expect(variables['shared/kernel']!.values[0]).toBeCloseTo(1 - 0.001 * 202, 5);
    training.dispose();
  });

  it('are both predicted', async () => {
    const training = trainer({
      model: twice,
      loss: { shared: meanSquaredError(), shared_1: meanSquaredError() },
    });
    const outputs = await training.predict({ a: tf.ones([1, 1]), b: tf.fill([1, 1], 10) });
    expect(
      Object.entries(outputs).map(([name, output]) => [name, (output as tf.Tensor).dataSync()[0]]),
    ).toEqual([
      ['shared', 1],
      ['shared_1', 10],
    ]);
    training.dispose();
  });

  it('of a nested model are numbered too', async () => {
    const model = (): tfl.LayersModel => {
      const inputs = tfl.input({ shape: [1] });
      const part = (name: string, kernelInitializer: 'ones' | 'zeros'): Symbolic =>
        tfl.layers.dense({ units: 1, name, kernelInitializer }).apply(inputs) as Symbolic;
      const inner = tfl.model({ name: 'inner', inputs, outputs: [part('p', 'ones'), part('q', 'zeros')] });
      const outer = tfl.input({ shape: [1] });
      return tfl.model({ inputs: outer, outputs: inner.apply(outer) as Symbolic[] });
    };
    const training = trainer({ model, loss: { inner: meanSquaredError(), inner_1: meanSquaredError() } });
    const outputs = (await training.predict(tf.ones([1, 1]))) as Readonly<Record<string, tf.Tensor>>;
    expect(Object.keys(outputs)).toEqual(['inner', 'inner_1']);
    expect([outputs['inner']!.dataSync()[0], outputs['inner_1']!.dataSync()[0]]).toEqual([1, 0]);
    training.dispose();
  });

  it('one loss for all of them is refused with their names', async () => {
    const training = trainer({ model: twice, loss: meanSquaredError() });
    await expect(training.fit(source(one(0)), { epochs: 1 })).rejects.toThrow(/shared, shared_1/);
    training.dispose();
  });

  it('a sequential model that is not built yet knows its input by name', async () => {
    const model = (): tfl.LayersModel =>
      tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [1], name: 'only' })] });
    const training = trainer({ model, loss: meanSquaredError() });
    const named: BatchSource = {
      stepsPerEpoch: 1,
      batches: () => [{ inputs: { only_input: one(1) }, targets: one(0), size: 1 }],
    };
    await expect(training.fit(named, { epochs: 1 })).resolves.toMatchObject({ epochs: [{}] });
    const wrong: BatchSource = {
      stepsPerEpoch: 1,
      batches: () => [{ inputs: { other: one(1), another: one(1) }, targets: one(0), size: 1 }],
    };
    await expect(training.fit(wrong, { epochs: 2 })).rejects.toThrow(/only_input/);
    training.dispose();
  });
});

// tf.keras, Network._set_output_names.
it.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['shared', 'shared', 'shared'],
    ['shared', 'shared_1', 'shared_2'],
  ],
  [
    ['shared', 'shared', 'shared_1'],
    ['shared', 'shared_1', 'shared_1_1'],
  ],
])('names %j become %j', (given, wanted) => {
  expect(uniqueNames(given)).toEqual(wanted);
});
