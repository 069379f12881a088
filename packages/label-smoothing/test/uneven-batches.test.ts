import { arrayDataset, type Dataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import { accuracy, topK, type Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { smoothedCrossEntropy, type SmoothedCrossEntropyOptions } from '../src/index.ts';

/** Four sequences of three tokens and two classes, of which seven tokens count; the inputs are the logits. */
const labels = Int32Array.of(0, 1, 0, 1, -100, -100, 0, -100, -100, 1, 1, -100);
const logits = Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * 1.7) * 2);

const tokens = (batchSize: number): Dataset =>
  arrayDataset({
    inputs: { values: logits, shape: [4, 3, 2] },
    targets: { values: labels, shape: [4, 3] },
    batchSize,
  });

/** In float64, over all tokens that count: the loss with class weights and an entropy penalty, and the share of hits. */
function reference(
  classWeights: readonly number[] = [1, 1],
  penalty = 0,
): { loss: number; accuracy: number } {
  let [sum, weight, hits, count] = [0, 0, 0, 0];
  labels.forEach((label, i) => {
    if (label < 0) return;
    const [a, b] = [logits[2 * i]!, logits[2 * i + 1]!];
    const total = Math.log(Math.exp(a) + Math.exp(b));
    const entropy = -[a, b].reduce((sum, logit) => sum + Math.exp(logit - total) * (logit - total), 0);
    sum += classWeights[label]! * (total - (label === 1 ? b : a) - penalty * entropy);
    weight += classWeights[label]!;
    hits += (b > a ? 1 : 0) === label ? 1 : 0;
    count += 1;
  });
  return { loss: sum / weight, accuracy: hits / count };
}

let made = 0;

/** Multiplies its inputs by a weight of 1 that never changes. */
function passing({ tinyTrainer }: Way, options: SmoothedCrossEntropyOptions): Trainer {
  return tinyTrainer([], {
    model: () => {
      const factor = tf.variable(tf.scalar(1), true, `passing${made++}`);
      return (inputs) => tf.mul(inputs as tf.Tensor, factor);
    },
    optimizer: sgd({ learningRate: 0 }),
    loss: smoothedCrossEntropy({ ignoreIndex: -100, ...options }),
    metrics: [accuracy({ ignoreIndex: -100 }), topK({ k: 2, ignoreIndex: -100 })],
  });
}

describe.each(await presentWays())('figures where labels are ignored, $name,', (way) => {
  it.each([1, 2, 3, 4])('are those of all tokens that count, in batches of %i', async (batchSize) => {
    const right = { ...reference(), top2: 1 };
    expect(right.loss).toBeCloseTo(1.2039, 4);
    const trainer = passing(way, {});
    const { epochs } = await trainer.fit(tokens(batchSize), { epochs: 1, validation: tokens(batchSize) });
    for (const [name, value] of Object.entries(right)) {
      expect(epochs[0]![name]).toBeCloseTo(value, 5);
      expect(epochs[0]![`validation_${name}`]).toBeCloseTo(value, 5);
    }
    trainer.dispose();
  });

  it('a batch in which nothing counts changes neither loss nor accuracy', async () => {
    const trainer = passing(way, {});
    const logs = await trainer.evaluate(
      arrayDataset({
        inputs: { values: new Float32Array(4), shape: [2, 2] },
        targets: { values: Int32Array.of(0, -100), shape: [2] },
        batchSize: 1,
      }),
    );
    expect(logs['loss']).toBeCloseTo(Math.LN2, 6);
    expect(logs['accuracy']).toBe(1);
    trainer.dispose();
  });

  it.each([1, 3])(
    'with class weights they are divided by the weights that count, in batches of %i',
    async (size) => {
      const trainer = passing(way, { classWeights: [3, 0.5] });
      expect((await trainer.evaluate(tokens(size)))['loss']).toBeCloseTo(reference([3, 0.5]).loss, 5);
      trainer.dispose();
    },
  );

  it('a confidence penalty beside class weights is divided by the same, in batches of any size', async () => {
    const losses: number[] = [];
    for (const size of [1, 2, 3, 4]) {
      const trainer = passing(way, { classWeights: [3, 0.5], confidencePenalty: 0.4 });
      losses.push((await trainer.evaluate(tokens(size)))['loss']!);
      trainer.dispose();
    }
    for (const loss of losses) expect(loss).toBeCloseTo(reference([3, 0.5], 0.4).loss, 5);
  });

  it.each([1, 3])('a loss that is a sum is the sum of all, in batches of %i', async (size) => {
    const trainer = passing(way, { reduction: 'sum' });
    expect((await trainer.evaluate(tokens(size)))['loss']).toBeCloseTo(7 * reference().loss, 4);
    trainer.dispose();
  });
});
