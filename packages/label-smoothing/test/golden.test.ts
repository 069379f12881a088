import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  crossEntropy,
  type CrossEntropyOptions,
  smoothLabels,
  type SmoothLabelsOptions,
} from '../src/index.ts';

interface LossCase {
  readonly options: CrossEntropyOptions;
  readonly mask?: Nested;
  readonly logits: Nested;
  readonly targets: Nested;
  readonly loss: Nested;
  readonly gradient?: Nested;
  /** Of the gradient's squared length. */
  readonly secondGradient?: Nested;
  readonly targetGradient?: Nested;
}

interface LabelCase {
  readonly options: SmoothLabelsOptions;
  readonly labels: Nested;
  readonly smoothed: Nested;
}

const golden = <Case>(name: string) =>
  loadGolden<Readonly<Record<string, Case>>>(new URL(`./golden/${name}.json`, import.meta.url));
const { cases, tolerance } = golden<LossCase>('cross-entropy');
const labels = golden<LabelCase>('smooth-labels');
const devices = await presentDevices(['cpu', 'wasm', 'tensorflow']);

const penalties = golden<LossCase>('confidence-penalty');

describe.each(devices)('crossEntropy on %s gives the losses and gradients of its peers:', (device) => {
  it.each(Object.entries({ ...cases, ...penalties.cases }))('%s', async (_, given) => {
    await presentDevices([device]);
    tf.tidy(() => {
      const logits = tf.tensor(given.logits as tf.TensorLike);
      const targets = targetsOf(given.targets, logits);
      const mask = given.mask === undefined ? {} : { mask: tf.tensor(given.mask as tf.TensorLike) };
      const lossOf = (targets: tf.Tensor, logits: tf.Tensor): tf.Tensor =>
        crossEntropy(targets, logits, { ...given.options, ...mask });
      expectClose(lossOf(targets, logits), given.loss, tolerance);
      if (given.gradient)
        expectClose(tf.grad((x) => weighted(lossOf(targets, x)))(logits), given.gradient, tolerance);
      if (given.secondGradient) {
        const length = (x: tf.Tensor) => tf.sum(tf.square(tf.grad((y) => weighted(lossOf(targets, y)))(x)));
        expectClose(tf.grad(length)(logits), given.secondGradient, tolerance);
      }
      if (given.targetGradient) {
        const gradient = tf.grad((t) => weighted(lossOf(t, logits)))(targets);
        expectClose(gradient, given.targetGradient, tolerance);
      }
    });
  });
});

describe.each(devices)('smoothLabels on %s gives the labels of its peers:', (device) => {
  it.each(Object.entries(labels.cases))('%s', async (_, { options, labels: given, smoothed }) => {
    await presentDevices([device]);
    tf.tidy(() =>
      expectClose(smoothLabels(tf.tensor(given as tf.TensorLike), options), smoothed, labels.tolerance),
    );
  });
});

it('has cases with gradients of every kind', () => {
  expect(Object.values(cases).filter(({ gradient }) => gradient).length).toBeGreaterThan(50);
  expect(Object.values(cases).filter(({ targetGradient }) => targetGradient).length).toBeGreaterThan(15);
});

/** The golden gradients are of `sum_i i * loss_i`, so that losses cannot change places. */
const weighted = (losses: tf.Tensor): tf.Tensor =>
  tf.sum(tf.mul(losses, tf.reshape(tf.range(1, losses.size + 1), losses.shape)));

/** Class indices lack one axis of the logits. */
function targetsOf(targets: Nested, logits: tf.Tensor): tf.Tensor {
  const given = tf.tensor(targets as tf.TensorLike);
  return given.rank === logits.rank ? given : tf.cast(given, 'int32');
}
