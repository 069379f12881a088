import { arrayDataset, type Dataset } from '@cantrip/data';
import { presentWays } from '@cantrip/testing';
import {
  accuracy,
  binaryAccuracy,
  type LossOption,
  meanSquaredError,
  type Metric,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  topK,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

let made = 0;

/** A model that gives its inputs. */
const passing: TrainerOptions['model'] = () => {
  const factor = tf.variable(tf.scalar(1), true, `one-unit${made++}`);
  return (inputs) => tf.mul(inputs as tf.Tensor, factor);
};

type Values = Float32Array | Int32Array | Uint8Array;

const data = (outputs: readonly number[], targets: Values, shape: number[], targetShape = shape): Dataset =>
  arrayDataset({
    inputs: { values: Float32Array.from(outputs), shape },
    targets: { values: targets, shape: targetShape },
    batchSize: 3,
  });

describe.each(await presentWays())('accuracy where units say yes or no, $name,', ({ tinyTrainer }) => {
  const evaluate = async (
    source: Dataset,
    metric: Metric,
    loss: LossOption = sigmoidCrossEntropy(),
  ): Promise<number> => {
    const trainer = tinyTrainer([], { model: passing, loss, metrics: [metric] });
    const logs = await trainer.evaluate(source);
    trainer.dispose();
    return logs[metric.name]!;
  };
  const outputs = [3, -2, 1, -4];

  it.each([
    ['floats', Float32Array.of(0, 1, 0, 1), 0],
    ['bytes', Uint8Array.of(0, 1, 0, 1), 0],
    ['integers', Int32Array.of(1, 0, 1, 0), 1],
    ['half of them right', Float32Array.of(1, 0, 0, 1), 0.5],
  ])('is the share of right answers of one unit, %s', async (_, targets, right) => {
    expect(await evaluate(data(outputs, targets, [4, 1]), accuracy())).toBeCloseTo(right, 6);
    expect(await evaluate(data(outputs, targets, [4, 1]), binaryAccuracy())).toBeCloseTo(right, 6);
  });

  it('reads probabilities where the loss does', async () => {
    const source = data([0.9, 0.2, 0.6, 0.1], Float32Array.of(1, 0, 0, 1), [4, 1]);
    const loss = sigmoidCrossEntropy({ from: 'probabilities' });
    expect(await evaluate(source, accuracy({ from: 'probabilities' }), loss)).toBe(0.5);
  });

  it('of several labels at once is the share of right labels, at any threshold', async () => {
    const source = data([2, -1, -1, -3, 1, 2], Float32Array.of(1, 0, 1, 0, 1, 1), [2, 3]);
    expect(await evaluate(source, binaryAccuracy())).toBeCloseTo(5 / 6, 6);
    // sigmoid(1) = 0.73, sigmoid(2) = 0.88
    expect(await evaluate(source, binaryAccuracy({ threshold: 0.8 }))).toBeCloseTo(4 / 6, 6);
  });

  it('leaves out what the loss of its output leaves out', async () => {
    const source = data([1, 2, 3, 9, 5, 6], Int32Array.of(2, 255), [2, 3], [2]);
    const trainer = tinyTrainer([], {
      model: passing,
      loss: { ...softmaxCrossEntropy(), ignoreIndex: 255, compute: zero, measure: measureZero },
      metrics: [accuracy()],
    });
    expect((await trainer.evaluate(source))['accuracy']).toBe(1);
    trainer.dispose();
  });
});

const zero = (): tf.Scalar => tf.scalar(0);
const measureZero = () => ({ sum: tf.scalar(0), weight: 1 });

describe('a loss and a metric that do not fit the model are refused in one sentence:', async () => {
  const { tinyTrainer } = (await presentWays())[0]!;
  const column = data([1, 2, 3], Float32Array.of(0, 1, 0), [3, 1]);
  const three = data([1, 2, 3, 4, 5, 6], Float32Array.of(0, 1, 0, 0, 0, 1), [2, 3]);
  const dense =
    (units: number, activation?: 'softmax' | 'sigmoid'): TrainerOptions['model'] =>
    () =>
      sequential({
        layers: [
          layers.dense({ units, inputShape: [units], name: 'head', ...(activation && { activation }) }),
        ],
      });

  it.each<readonly [string, Partial<TrainerOptions>, Dataset, RegExp]>([
    [
      'accuracy beside a regression of one unit',
      { model: passing, loss: meanSquaredError(), metrics: [accuracy()] },
      column,
      /accuracy\] must not be used with meanSquaredError.*sigmoidCrossEntropy.*LOSS_MISFIT/,
    ],
    [
      'accuracy of one unit beside a loss of one’s own',
      { model: passing, loss: (_t, o) => tf.mean(o), metrics: [accuracy()] },
      column,
      /binaryAccuracy.*LOSS_MISFIT/,
    ],
    [
      'accuracy that reads logits beside a loss that reads probabilities',
      { model: passing, loss: sigmoidCrossEntropy({ from: 'probabilities' }), metrics: [accuracy()] },
      column,
      /from: 'probabilities'.*LOSS_MISFIT/,
    ],
    [
      'accuracy of several yes or no',
      { model: passing, loss: sigmoidCrossEntropy(), metrics: [accuracy()] },
      three,
      /one class among 3 units.*binaryAccuracy.*LOSS_MISFIT/,
    ],
    [
      'a softmax over one class',
      { model: passing, loss: softmaxCrossEntropy(), metrics: [] },
      column,
      /one class, whose probability is always 1.*sigmoidCrossEntropy/,
    ],
    [
      'top k of one class',
      { model: passing, loss: (_t, o) => tf.mean(o), metrics: [topK({ k: 1 })] },
      column,
      /topK\].*one class/,
    ],
    [
      'a softmax before a loss that takes logits',
      { model: dense(3, 'softmax'), loss: softmaxCrossEntropy(), metrics: [] },
      three,
      /last layer head already applies a softmax.*from: 'probabilities'.*LOSS_MISFIT/,
    ],
    [
      'a sigmoid before a loss that takes logits',
      { model: dense(1, 'sigmoid'), loss: sigmoidCrossEntropy(), metrics: [] },
      column,
      /already applies a sigmoid.*LOSS_MISFIT/,
    ],
    [
      'logits before a loss that takes probabilities',
      { model: dense(3), loss: softmaxCrossEntropy({ from: 'probabilities' }), metrics: [] },
      three,
      /head has the activation linear.*LOSS_MISFIT/,
    ],
    [
      'class weights of another number',
      { model: dense(3), loss: softmaxCrossEntropy({ classWeights: [1, 2] }), metrics: [] },
      three,
      /classWeights must have 3 numbers, one for each class, got 2/,
    ],
  ])('%s', async (_, options, source, message) => {
    const trainer = tinyTrainer([], options);
    await expect(trainer.fit(source, { epochs: 1 })).rejects.toThrow(message);
    await expect(trainer.evaluate(source)).rejects.toThrow(message);
    expect(trainer.position().step).toBe(0);
    trainer.dispose();
  });

  it('an activation in a layer of its own, in a nested model, before a flattening', async () => {
    const inner = (): ReturnType<typeof sequential> =>
      sequential({
        layers: [layers.dense({ units: 3, inputShape: [3] }), layers.softmax({ name: 'chances' })],
      });
    for (const list of [
      [layers.dense({ units: 3, inputShape: [3] }), layers.activation({ activation: 'softmax' })],
      [layers.dense({ units: 3, inputShape: [3] }), inner()],
      [inner(), layers.reshape({ targetShape: [3] })],
    ]) {
      const trainer = tinyTrainer([], {
        model: () => sequential({ layers: list }),
        loss: softmaxCrossEntropy(),
        metrics: [],
      });
      await expect(trainer.evaluate(three)).rejects.toThrow(/already applies a softmax.*LOSS_MISFIT/);
      trainer.dispose();
    }
  });

  it('a loss of probabilities is the loss of the logits before the softmax', async () => {
    const logits = tf.tensor2d([
      [0.3, -1.2, 2],
      [4, 0, 1],
    ]);
    const labels = tf.tensor1d([2, 1], 'int32');
    const wanted = softmaxCrossEntropy().compute(labels, logits).dataSync()[0]!;
    const ofShares = softmaxCrossEntropy({ from: 'probabilities' }).compute(labels, tf.softmax(logits));
    expect(ofShares.dataSync()[0]).toBeCloseTo(wanted, 5);
    const yes = tf.tensor2d([
      [1, 0, 1],
      [0, 1, 1],
    ]);
    const ofSigmoid = sigmoidCrossEntropy({ from: 'probabilities' }).compute(yes, tf.sigmoid(logits));
    expect(ofSigmoid.dataSync()[0]).toBeCloseTo(sigmoidCrossEntropy().compute(yes, logits).dataSync()[0]!, 5);
  });
});
