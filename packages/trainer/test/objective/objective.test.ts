import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, type Nested } from '@cantrip/testing';
import {
  accuracy,
  type Loss,
  meanSquaredError,
  type Metric,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  topK,
} from '@cantrip/trainer';
import { beforeAll, describe, expect, it } from 'vitest';

interface LossCase {
  readonly targets: Nested;
  readonly outputs: Nested;
  readonly loss: number;
  readonly outputs_gradient: Nested;
  readonly targets_gradient?: Nested;
}

interface MetricCase {
  readonly outputs: Nested;
  readonly targets: Nested;
  readonly accuracy: number;
  readonly top: Readonly<Record<string, number>>;
  readonly padded: { readonly targets: Nested; readonly accuracy: number; readonly top3: number };
}

const golden = loadGolden<Record<string, LossCase> & { readonly metrics: MetricCase }>(
  new URL('golden.json', import.meta.url),
);

const losses: readonly (readonly [string, Loss, 'int32' | 'float32'])[] = [
  ['softmax cross-entropy of indices', softmaxCrossEntropy(), 'int32'],
  ['softmax cross-entropy of soft targets', softmaxCrossEntropy(), 'float32'],
  ['softmax cross-entropy of rank 3', softmaxCrossEntropy(), 'int32'],
  ['softmax cross-entropy, saturated', softmaxCrossEntropy(), 'int32'],
  ['sigmoid cross-entropy', sigmoidCrossEntropy(), 'float32'],
  ['mean squared error', meanSquaredError(), 'float32'],
];

const tensor = (values: Nested, dtype: 'int32' | 'float32'): tf.Tensor =>
  tf.tensor(values as number[], undefined, dtype);

describe('losses', () => {
  beforeAll(() => openDevice('cpu'));

  it.each(losses)('%s has the value and the gradient of PyTorch', (name, loss, dtype) => {
    const wanted = golden.cases[name]!;
    const targets = tensor(wanted.targets, dtype);
    const outputs = tensor(wanted.outputs, 'float32');
    const { value, grad } = tf.valueAndGrad((outputs) => loss.compute(targets, outputs))(outputs) as {
      value: tf.Tensor;
      grad: tf.Tensor;
    };
    expectClose(value, wanted.loss, golden.tolerance);
    expectClose(grad, wanted.outputs_gradient, golden.tolerance);
  });

  it.each(losses.filter(([name]) => golden.cases[name]!.targets_gradient))(
    '%s has the gradient of PyTorch with respect to the targets',
    (name, loss) => {
      const wanted = golden.cases[name]!;
      const outputs = tensor(wanted.outputs, 'float32');
      const gradient = tf.grad((targets) => loss.compute(targets, outputs))(
        tensor(wanted.targets, 'float32'),
      );
      expectClose(gradient, wanted.targets_gradient!, golden.tolerance);
    },
  );

  it('a target of the wrong class count is refused before the step', () => {
    expect(() =>
      softmaxCrossEntropy().check!({ targetShape: [8, 4], targetType: 'float32', outputShape: [-1, 3] }),
    ).toThrow(/SHAPE_MISMATCH/);
  });

  it('a vector against a column is refused rather than broadcast', () => {
    expect(() =>
      meanSquaredError().check!({ targetShape: [8], targetType: 'float32', outputShape: [-1, 1] }),
    ).toThrow(/broadcast.*SHAPE_MISMATCH/);
  });
});

describe('metrics', () => {
  beforeAll(() => openDevice('cpu'));
  const { outputs, targets, top, padded, accuracy: share } = golden.cases.metrics;

  it('accuracy is the share PyTorch finds, of indices and of one-hot targets', () => {
    const indices = tensor(targets, 'int32');
    expectClose(accuracy().compute(indices, tensor(outputs, 'float32')), share, golden.tolerance);
    const oneHot = tf.oneHot(indices as tf.Tensor1D, 7);
    expectClose(accuracy().compute(oneHot, tensor(outputs, 'float32')), share, golden.tolerance);
  });

  it.each(Object.entries(top))('top %s is the share PyTorch finds', (k, share) => {
    const metric = topK({ k: Number(k) });
    expect(metric.name).toBe(`top${k}`);
    expectClose(
      metric.compute(tensor(targets, 'int32'), tensor(outputs, 'float32')),
      share,
      golden.tolerance,
    );
  });

  it('with an ignored index they are the shares torchmetrics finds', () => {
    const indices = tensor(padded.targets, 'int32');
    const share = (metric: Metric): tf.Tensor => metric.compute(indices, tensor(outputs, 'float32'));
    expectClose(share(accuracy({ ignoreIndex: -100 })), padded.accuracy, golden.tolerance);
    expectClose(share(topK({ k: 3, ignoreIndex: -100 })), padded.top3, golden.tolerance);
    const none = tf.fill([40], -100, 'int32');
    const nothing = accuracy({ ignoreIndex: -100 }).compute(none, tensor(outputs, 'float32'));
    expect(nothing.dataSync()[0]).toBe(0);
  });

  it('top k of more classes than there are is refused', () => {
    const fit = { targetShape: [8], targetType: 'int32', outputShape: [-1, 3] } as const;
    expect(() => topK({ k: 5 }).check!(fit)).toThrow(/k must be <= 3, got 5.*OPTION_INVALID/);
  });
});
