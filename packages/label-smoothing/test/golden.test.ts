import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { smoothLabels } from '../src/index.ts';

interface Case {
  readonly peer: string;
  readonly smoothing: number;
  readonly logits: Nested;
  readonly targets: Nested;
  readonly loss: number;
  readonly gradient: Nested;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('./golden.json', import.meta.url),
);

describe.each(await presentDevices(['cpu', 'wasm', 'tensorflow']))(
  'a cross-entropy over smoothed labels agrees with PyTorch and timm on %s:',
  (device) => {
    it.each(Object.entries(cases))('%s', async (_, { smoothing, logits, targets, loss, gradient }) => {
      await presentDevices([device]);
      tf.tidy(() => {
        const outputs = tf.tensor(logits as tf.TensorLike);
        const smoothed = smoothLabels(targetsOf(targets, outputs), {
          smoothing,
          classes: outputs.shape.at(-1)!,
        });
        expect(smoothed.shape).toEqual(outputs.shape);
        const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => crossEntropy(smoothed, x))(outputs);
        expectClose(value, loss, tolerance);
        expectClose(grad, gradient, tolerance);
      });
    });
  },
);

/** Class indices lack the last axis of the logits. */
function targetsOf(targets: Nested, outputs: tf.Tensor): tf.Tensor {
  const soft = tf.tensor(targets as tf.TensorLike);
  return soft.rank === outputs.rank ? soft : tf.cast(soft, 'int32');
}

function crossEntropy(targets: tf.Tensor, logits: tf.Tensor): tf.Scalar {
  return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1))) as tf.Scalar;
}
