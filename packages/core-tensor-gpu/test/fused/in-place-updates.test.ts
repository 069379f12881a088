import { captureStep } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { descendInPlace, descendWithMomentumInPlace } from '@cantrip/ops';
import { requireDevice } from '../require-device.ts';

const device = await requireDevice('tensorflow');

interface Fed {
  readonly gradient: tf.Tensor;
  readonly learningRate: tf.Scalar;
}

/** Weights [1, 2] with a velocity of [0.5, -1], and a captured step that updates both in place. */
function training(options: { readonly nesterov?: boolean } = {}) {
  const weights = tf.variable(tf.tensor1d([1, 2]));
  const velocity = tf.variable(tf.tensor1d([0.5, -1]));
  const update = ({ gradient, learningRate }: Fed): boolean =>
    descendWithMomentumInPlace(weights, velocity, gradient, { learningRate, momentum: 0.5, ...options });
  const feeds = { gradient: tf.tensor1d([2, 4]), learningRate: 0.25 };
  return { weights, velocity, update, feeds };
}

const values = (...tensors: tf.Tensor[]): number[][] => tensors.map((tensor) => [...tensor.dataSync()]);

describe.skipIf(!device)('an update in place', () => {
  it('with momentum computes what PyTorch does', async () => {
    const { weights, velocity, update, feeds } = training();
    const step = captureStep((fed: Fed) => (update(fed), tf.sum(weights)));
    // torch.optim.SGD([w], lr=0.25, momentum=0.5) with momentum_buffer [0.5, -1] and w.grad [2, 4]
    expect((await step.run(feeds)).dataSync()[0]).toBeCloseTo(1.5625, 6);
    expect(values(weights, velocity)).toEqual([
      [0.4375, 1.125],
      [2.25, 3.5],
    ]);
  });

  it('with Nesterov momentum computes what PyTorch does', async () => {
    const { weights, velocity, update, feeds } = training({ nesterov: true });
    const step = captureStep((fed: Fed) => (update(fed), tf.sum(velocity)));
    // The same with nesterov=True
    await step.run(feeds);
    expect(values(weights, velocity)).toEqual([
      [0.21875, 0.5625],
      [2.25, 3.5],
    ]);
  });

  it('without momentum subtracts the gradient', async () => {
    const weights = tf.variable(tf.tensor1d([1, 2]));
    const step = captureStep(({ gradient, learningRate }: Fed) => [
      tf.scalar(Number(descendInPlace(weights, gradient, { learningRate }))),
    ]);
    const [done] = await step.run({ gradient: tf.tensor1d([2, 4]), learningRate: 0.25 });
    expect(values(weights, done!)).toEqual([[0.5, 1], [1]]);
  });

  it('leaves what was read before it, and what clones hold, as it was', async () => {
    const { weights, update, feeds } = training();
    const step = captureStep((fed: Fed) => {
      const before = tf.clone(weights);
      update(fed);
      return { before, twice: tf.mul(before, 2), after: weights };
    });
    (await step.run(feeds)).before.dispose();
    const clone = weights.clone();
    const { before, twice, after } = await step.run(feeds);
    expect(before.dataSync()).toEqual(clone.dataSync());
    expect(values(twice, after)).toEqual([[0.875, 2.25], [...weights.dataSync()]]);
    expect(weights.dataSync()).not.toEqual(clone.dataSync());
  });

  it('can be followed by an assignment, or be taken back', async () => {
    const { weights, velocity, update, feeds } = training();
    const step = captureStep((fed: Fed) => {
      const before = tf.clone(velocity);
      update(fed);
      weights.assign(tf.maximum(weights, 1));
      velocity.assign(before);
      return tf.sum(weights);
    });
    await step.run(feeds);
    expect(values(weights, velocity)).toEqual([
      [1, 1.125],
      [0.5, -1],
    ]);
  });

  it('gives another variable the value that it left', async () => {
    const { weights, update, feeds } = training();
    const copy = tf.variable(tf.zeros([2]));
    const step = captureStep((fed: Fed) => {
      update(fed);
      copy.assign(weights);
      return tf.scalar(0);
    });
    await step.run(feeds);
    await step.run(feeds);
    expect(values(copy)).toEqual(values(weights));
    copy.assign(tf.zeros([2]));
    expect(weights.dataSync()[0]).not.toBe(0);
  });

  it('is left to the caller where somebody watches what is assigned to a variable', async () => {
    const { weights, velocity, update, feeds } = training();
    const watch = { value: tf.Variable.prototype.assign, configurable: true };
    for (const variable of [weights, velocity]) {
      Object.defineProperty(variable, 'assign', watch);
      const step = captureStep((fed: Fed) => tf.scalar(Number(update(fed))));
      expect((await step.run(feeds)).dataSync()[0]).toBe(0);
      Reflect.deleteProperty(variable, 'assign');
    }
    const step = captureStep((fed: Fed) => tf.scalar(Number(update(fed))));
    expect((await step.run(feeds)).dataSync()[0]).toBe(1);
  });

  it('is left to the caller where the variable was assigned before, and outside a captured step', async () => {
    const { weights, update, feeds } = training();
    const step = captureStep((fed: Fed) => {
      weights.assign(tf.mul(weights, 2));
      return tf.scalar(Number(update(fed)));
    });
    expect((await step.run(feeds)).dataSync()[0]).toBe(0);
    expect(update({ ...feeds, learningRate: tf.scalar(0.25) })).toBe(false);
    expect(values(weights)).toEqual([[2, 4]]);
  });
});
