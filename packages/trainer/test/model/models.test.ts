import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type BatchSource,
  createTrainer,
  meanSquaredError,
  type ModelFunction,
  softmaxCrossEntropy,
  type Tensors,
} from '@cantrip/trainer';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentWays, tinyData, tinyModel } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

describe.each(await presentWays())('models $name', ({ tinyTrainer, options }) => {
  beforeAll(() => openDevice(options.device));

  it('name their parameters the same in every trainer of a process', async () => {
    const names = async (): Promise<string[]> => Object.keys((await tinyTrainer().open()).run.variables);
    const first = await names();
    expect(first).toEqual([
      'conv2d_1/kernel',
      'batch_normalization_1/gamma',
      'batch_normalization_1/beta',
      'batch_normalization_1/moving_mean',
      'batch_normalization_1/moving_variance',
      'dense_1/kernel',
      'dense_1/bias',
    ]);
    expect(await names()).toEqual(first);
  });

  it('keep the names given by hand, and carry those of nested models', async () => {
    const inner = layers.sequential({
      name: 'features',
      layers: [layers.layers.flatten({ inputShape: [6, 6, 1] }), layers.layers.dense({ units: 4 })],
    });
    const model = (): layers.LayersModel =>
      layers.sequential({ layers: [inner, layers.layers.dense({ units: 3, name: 'head' })] });
    const { run } = await tinyTrainer([], { model }).open();
    expect(Object.keys(run.variables)).toEqual([
      'features/dense_1/kernel',
      'features/dense_1/bias',
      'head/kernel',
      'head/bias',
    ]);
  });

  it('may be functions over the variables made in model()', async () => {
    const seen = new Set<boolean>();
    const model = (): ModelFunction => {
      const kernel = tf.variable(tf.randomNormal([36, 3], 0, 0.1), true, 'kernel');
      const bias = tf.variable(tf.zeros([3]));
      return (inputs, { training }) => {
        seen.add(training);
        return tf.add(tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel), bias);
      };
    };
    const trainer = tinyTrainer([], { model });
    const { epochs } = await trainer.fit(tinyData(), { epochs: 8, validation: tinyData() });
    expect(epochs.at(-1)!['loss']!).toBeLessThan(epochs[0]!['loss']!);
    expect(Object.keys((await trainer.open()).run.variables)).toEqual(['kernel', 'variable_1']);
    expect(seen).toEqual(new Set([true, false]));
    Object.values((await trainer.open()).run.variables).forEach((variable) => variable.dispose());
  });

  it('may have several inputs and outputs, each with its loss and metrics', async () => {
    const build = (): layers.LayersModel => {
      const left = layers.input({ shape: [2], name: 'left' });
      const right = layers.input({ shape: [3], name: 'right' });
      const both = layers.layers.concatenate().apply([left, right]) as layers.SymbolicTensor;
      const kind = layers.layers.dense({ units: 2, name: 'kind' }).apply(both) as layers.SymbolicTensor;
      const size = layers.layers.dense({ units: 1, name: 'size' }).apply(both) as layers.SymbolicTensor;
      return layers.model({ inputs: [left, right], outputs: [kind, size] });
    };
    const trainer = createTrainer({
      ...options,
      model: build,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: { kind: softmaxCrossEntropy(), size: meanSquaredError() },
      metrics: { kind: [accuracy()] },
      log: () => undefined,
    });
    const { epochs } = await trainer.fit(pairs, { epochs: 30, validation: pairs });
    expect(Object.keys(epochs[0]!)).toEqual([
      'loss',
      'kind_loss',
      'size_loss',
      'kind_accuracy',
      'validation_loss',
      'validation_kind_loss',
      'validation_size_loss',
      'validation_kind_accuracy',
    ]);
    expect(epochs.at(-1)!['loss']!).toBeLessThan(epochs[0]!['loss']! / 4);
    const outputs = (await trainer.predict(
      (pairs.batches({ seed: 0, epoch: 0, start: 0 }) as { inputs: Tensors }[])[0]!.inputs,
    )) as Record<string, tf.Tensor>;
    expect(Object.keys(outputs)).toEqual(['kind', 'size']);
  });

  it('may exist already', async () => {
    const model = tinyModel();
    const { run } = await tinyTrainer([], { model }).open();
    expect(run.model).toBe(model);
  });
});

const pairs: BatchSource = {
  stepsPerEpoch: 1,
  batches: () => [
    {
      inputs: {
        left: { values: Float32Array.of(1, 0, 0, 1, 1, 1, 0, 0), shape: [4, 2] },
        right: { values: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1), shape: [4, 3] },
      },
      targets: {
        kind: { values: Int32Array.of(1, 0, 1, 0), shape: [4] },
        size: { values: Float32Array.of(2, 2, 3, 3), shape: [4, 1] },
      },
      size: 4,
    },
  ],
};
