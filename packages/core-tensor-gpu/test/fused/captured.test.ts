import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { batchNormTraining, globalNorm, softmaxCrossEntropyWithLogits } from '@cantrip/ops';
import { presentDevices, scattered } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

interface Inputs {
  readonly x: tf.Tensor;
  readonly classes: tf.Tensor;
  readonly weights: tf.Tensor;
}

/** Every fused op and replaced gradient once, forwards and back. */
function step({ x, classes, weights }: Inputs): tf.Tensor[] {
  const [gamma, bias] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([0.1, 0, -0.1])];
  let statistics: tf.Tensor[] = [];
  const loss = (given: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Scalar => {
    const first = batchNormTraining(given, { gamma: scale, axis: 1 });
    statistics = [tf.keep(first.mean), tf.keep(first.variance)];
    const channelsLast = tf.transpose(first.outputs, [0, 2, 3, 1]);
    const second = tf.relu(tf.add(tf.relu6(batchNormTraining(channelsLast).outputs), offset));
    const logits = tf.mean(tf.sub(second, tf.tanh(channelsLast)), [1, 2]);
    const losses = [0, 0.1].flatMap((smoothing) => [
      softmaxCrossEntropyWithLogits(logits, classes, { smoothing }),
      softmaxCrossEntropyWithLogits(logits, weights, { smoothing }),
    ]);
    return tf.mean(tf.addN(losses));
  };
  const { value, grads } = tf.valueAndGrads((a, b, c) => loss(a!, b!, c!))([x, gamma, bias]);
  return [value, ...grads, ...statistics, globalNorm(grads)];
}

const inputs = (seed: number): Inputs => ({
  x: scattered([4, 3, 2, 2], seed),
  classes: tf.tensor1d([0, 2, 1, 1], 'int32'),
  weights: tf.softmax(scattered([4, 3], seed + 1)),
});

const numbers = (tensors: readonly tf.Tensor[]): number[][] =>
  tensors.map((tensor) => [...tensor.dataSync()]);

const present = await presentDevices(['tensorflow']);

describe.skipIf(present.length === 0)('fused ops in a captured step', () => {
  beforeAll(() => openDevice('tensorflow'));

  it('give what they give op by op, for every batch', async () => {
    const captured = captureStep(step);
    for (const seed of [1, 2, 3]) {
      const [eager, replayed] = [numbers(step(inputs(seed))), numbers(await captured.run(inputs(seed)))];
      expect(replayed.flat().length).toBe(eager.flat().length);
      for (const [i, values] of eager.entries()) {
        values.forEach((value, at) => expect(replayed[i]![at]).toBeCloseTo(value, 5));
      }
    }
    expect(captured.recordings).toBe(1);
    captured.dispose();
  });
});
