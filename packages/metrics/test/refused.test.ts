import { averagePrecision, confusionMatrix, f1, meter, precision, r2, rocAuc } from '@cantrip/metrics';
import { sgd } from '@cantrip/optimizers';
import {
  createTrainer,
  type Loss,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type TallyMetric,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

const refused: readonly (readonly [string, TallyMetric, Loss, number, number[] | number[][], string])[] = [
  ['a loss for regression', f1(), meanSquaredError(), 2, [[0, 1]], 'which is a loss for regression'],
  ['several labels', f1(), sigmoidCrossEntropy(), 2, [[0, 1]], 'Write f1({ multiLabel: true })'],
  ['one class as labels', f1({ multiLabel: true }), softmaxCrossEntropy(), 2, [[0, 1]], 'Remove multiLabel'],
  [
    'probabilities of classes as logits',
    rocAuc({ from: 'probabilities' }),
    softmaxCrossEntropy(),
    2,
    [0],
    "Write rocAuc({ from: 'logits' })",
  ],
  [
    'probabilities of one unit as logits',
    precision({ from: 'probabilities' }),
    sigmoidCrossEntropy(),
    1,
    [[1]],
    "Write precision({ from: 'logits' })",
  ],
  ['a class that there is not', f1({ positive: 2 }), softmaxCrossEntropy(), 2, [0], 'a class below 2, got 2'],
  [
    'too few names',
    confusionMatrix({ classNames: ['a'] }),
    softmaxCrossEntropy(),
    2,
    [0],
    'must have 2 names, one for each class, got 1',
  ],
];

it.each(refused)('%s', async (_, metric, loss, units, targets, message) => {
  const trainer = createTrainer({
    device: 'cpu',
    model: () => sequential({ layers: [layers.dense({ units, inputShape: [1] })] }),
    optimizer: sgd({ learningRate: 0.1 }),
    loss,
    metrics: [metric],
  });
  await expect(trainer.fit({ inputs: [[1]], targets }, { epochs: 1 })).rejects.toThrow(message);
  expect(trainer.position().step).toBe(0);
  trainer.dispose();
});

it('average beside positive', () => {
  expect(() => f1({ average: 'macro', positive: 1 })).toThrow('average and positive must not both be set');
});

it('more examples than may be kept', async () => {
  for (const make of [rocAuc, averagePrecision]) {
    const kept = meter(make({ maxExamples: 3 }));
    await kept.add(tf.tensor2d([[1], [0]]), tf.tensor2d([[1], [0]]));
    await expect(kept.add(tf.tensor2d([[1], [0]]), tf.tensor2d([[1], [0]]))).rejects.toThrow(
      'there are more than maxExamples: 3',
    );
  }
});

it('a label out of range', async () => {
  const measured = meter(f1());
  await expect(measured.add(tf.tensor1d([3], 'int32'), tf.tensor2d([[1, 0]]))).rejects.toMatchObject({
    code: 'LABEL_OUT_OF_RANGE',
  });
});

it('targets of another shape, and class indices that are floats', async () => {
  const code = (metric: TallyMetric, targets: tf.Tensor): Promise<unknown> =>
    meter(metric)
      .add(targets, tf.ones([2, 3]))
      .catch((error: { readonly code: unknown }) => error.code);
  expect(await code(r2(), tf.ones([2]))).toBe('SHAPE_MISMATCH');
  expect(await code(f1(), tf.ones([3], 'int32'))).toBe('SHAPE_MISMATCH');
  expect(await code(rocAuc(), tf.ones([2]))).toBe('DTYPE_MISMATCH');
});

it('nothing measured: 0, and NaN where nothing is defined', () => {
  expect([f1(), averagePrecision(), rocAuc(), r2()].map((one) => meter(one).result())).toEqual([
    0,
    0,
    NaN,
    NaN,
  ]);
  expect(meter(f1({ average: 'each' })).result()).toEqual({});
});
