import { randomStream, withHostRandom } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import golden from '../golden/multinomial.json' with { type: 'json' };
import { requireDevice } from '../require-device.ts';

const device = await requireDevice('tensorflow');

describe.skipIf(!device)('tf.multinomial on TensorFlow', () => {
  const sampled = (logits: number[][], seed?: number, normalized = false): unknown =>
    tf.tidy(() => tf.multinomial(tf.tensor2d(logits), 12, seed, normalized).arraySync());
  const even = [[0, 0, 0, 0, 0, 0]];

  it.each(Object.entries(golden.cases))("draws Python TensorFlow's samples: %s", (_name, expected) => {
    expect(sampled(expected.logits, expected.seed)).toEqual(expected.samples);
    expect(sampled(expected.logits, expected.seed)).toEqual(expected.samples);
  });

  it('follows Math.random where it is given no seed', () => {
    const draw = (seed: number): unknown =>
      withHostRandom(randomStream({ seed, stream: 'test' }), () => [sampled(even), sampled(even)]);
    const [first, second] = draw(1) as unknown[];
    expect(draw(1)).toEqual([first, second]);
    expect(second).not.toEqual(first);
    expect(draw(2)).not.toEqual([first, second]);
  });

  it('takes probabilities too, 0 among them', () => {
    const { logits, seed, samples } = golden.cases['a whole seed'];
    const probabilities = tf.tidy(() => tf.softmax(tf.tensor2d(logits)).arraySync()) as number[][];
    expect(sampled(probabilities, seed, true)).toEqual(samples);
    expect(new Set((sampled([[0, 0.5, 0.5]], 3, true) as number[][])[0])).toEqual(new Set([1, 2]));
  });

  it('leaves no tensor behind', () => {
    const probabilities = tf.tensor1d([0.5, 0.5]);
    const before = tf.memory().numTensors;
    tf.multinomial(probabilities, 3, 1, true).dispose();
    expect(tf.memory().numTensors).toBe(before);
    probabilities.dispose();
  });
});
