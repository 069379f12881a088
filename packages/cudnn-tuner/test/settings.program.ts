// Trains a step with settings and prints what TensorFlow runs with, for settings.test.ts: `OPTIONS [DEVICE]`.
import { openedDevice } from '@cantrip/core-tensor-gpu';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { cudnnTuning, type CudnnTuningOptions } from '../src/index.ts';

const messages: string[] = [];
const options = JSON.parse(process.argv[2]!) as CudnnTuningOptions;
const log = (message: string): void => void messages.push(message);
const device = process.argv[3] === 'cuda' ? 'cuda' : 'tensorflow';
const trainer = tinyTrainer([cudnnTuning(options)], { device, log });
await trainer.fit(tinyData({ examples: 8, batch: 8 }), { epochs: 1 });
const { settings } = openedDevice()!.describe();
// TF32 rounds each factor to 1, and so the sum to 64.
const product = tf.tidy(() => {
  const ones = tf.fill([64, 64], 1 + 2 ** -12);
  return tf.matMul(ones, ones).dataSync()[0];
});
trainer.dispose();
const { tf32: after } = openedDevice()!.describe().settings!;
process.stdout.write(JSON.stringify({ settings, messages, product, after }));
