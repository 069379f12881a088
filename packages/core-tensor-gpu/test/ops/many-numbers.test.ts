import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const count = 1_000_000;
const logits = Float32Array.from({ length: count }, (_, i) => 4 + 3 * Math.sin(1.3 * i));

/** Added up in float64, which has digits to spare. */
const sumOf = (values: ArrayLike<number>, change: (x: number) => number = (x) => x): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += change(values[i]!);
  return sum;
};

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('over a million numbers %s', (device) => {
  const part = (got: number, want: number): number => Math.abs(got - want) / Math.abs(want);
  const value = (compute: () => tf.Tensor): number => tf.tidy(() => compute().dataSync()[0]!);

  it('adds up to the sixth digit and further, along every axis', async () => {
    await openDevice(device);
    const want = sumOf(logits);
    const all = tf.tensor1d(logits);
    expect(
      part(
        value(() => tf.sum(all)),
        want,
      ),
    ).toBeLessThan(1e-6);
    expect(
      part(
        value(() => tf.mean(all)),
        want / count,
      ),
    ).toBeLessThan(1e-6);
    expect(
      part(
        value(() => tf.sum(tf.reshape(all, [1, count]), 1)),
        want,
      ),
    ).toBeLessThan(1e-6);
    expect(
      part(
        value(() => tf.sum(tf.reshape(all, [count, 1]), 0)),
        want,
      ),
    ).toBeLessThan(1e-6);
    expect(
      part(
        value(() => tf.sum(tf.reshape(all, [1, count, 1]), 1)),
        want,
      ),
    ).toBeLessThan(1e-6);
    all.dispose();
  });

  it('gives probabilities and logarithms that fit', async () => {
    await openDevice(device);
    const total = sumOf(logits, Math.exp);
    const all = tf.tensor1d(logits);
    expect(
      part(
        value(() => tf.logSumExp(all)),
        Math.log(total),
      ),
    ).toBeLessThan(1e-6);
    expect(
      part(
        value(() => tf.logSoftmax(all)),
        logits[0]! - Math.log(total),
      ),
    ).toBeLessThan(1e-6);
    const probabilities = tf.softmax(all).dataSync();
    const worst = logits.reduce(
      (most, x, i) => Math.max(most, part(probabilities[i]!, Math.exp(x) / total)),
      0,
    );
    expect(worst).toBeLessThan(2e-6);
    all.dispose();
  });
});
