import { batchNormTraining } from '@cantrip/ops';
import { sgd } from '@cantrip/optimizers';
import {
  expectClose,
  expectSameTraining,
  type Followed,
  followTraining,
  presentDevices,
  tinyTrainer,
} from '@cantrip/testing';
import { dropout, type ModelFunction, type TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { byteImages } from '../byte-images.ts';

const [device] = await presentDevices(['tensorflow']);

const epsilon = 1e-3;
const momentum = 0.9;

/** A convolution, batch normalisation with running statistics, dropout and a dense layer, written out. */
function writtenOut(rate: number): ModelFunction {
  const channels = (value: number, trainable: boolean, name: string): tf.Variable<tf.Rank.R1> =>
    tf.variable(tf.fill([6], value) as tf.Tensor1D, trainable, name);
  const filter = tf.variable(tf.randomNormal<tf.Rank.R4>([3, 3, 1, 6], 0, 0.3), true, 'filter');
  const gamma = channels(1, true, 'gamma');
  const beta = channels(0, true, 'beta');
  const runningMean = channels(0, false, 'running_mean');
  const runningVariance = channels(1, false, 'running_variance');
  const kernel = tf.variable(tf.randomNormal<tf.Rank.R2>([384, 4], 0, 0.1), true, 'kernel');
  const move = (running: tf.Variable<tf.Rank.R1>, value: tf.Tensor): void =>
    running.assign(tf.add(tf.mul(running, momentum), tf.mul(value as tf.Tensor1D, 1 - momentum)));

  function normalise(x: tf.Tensor, training: boolean): tf.Tensor {
    if (!training) return tf.batchNorm(x, runningMean, runningVariance, beta, gamma, epsilon);
    const { outputs, mean, variance } = batchNormTraining(x, { gamma, beta, epsilon });
    move(runningMean, mean);
    move(runningVariance, variance);
    return outputs;
  }

  return (inputs, { training, random }) => {
    const convolved = tf.conv2d(inputs as tf.Tensor4D, filter, 1, 'valid');
    const hidden = tf.reshape(tf.relu(normalise(convolved, training)), [-1, 384]);
    const dropped = training ? dropout(hidden, { rate, random: random('hidden') }) : hidden;
    return tf.matMul(dropped, kernel);
  };
}

const options = (capture: boolean, rate = 0.3): Partial<TrainerOptions> => ({
  device: 'tensorflow',
  capture,
  model: () => writtenOut(rate),
  optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
});

describe.skipIf(!device)('a captured model function with batch normalisation and dropout', () => {
  afterEach(() => tf.disposeVariables());

  const train = async (capture: boolean, rate?: number): Promise<Followed> => {
    const followed = await followTraining([], options(capture, rate), { epochs: 3, data: byteImages() });
    tf.disposeVariables();
    return followed;
  };

  it('trains as op by op: losses, weights and running statistics', async () => {
    const eager = await train(false);
    const captured = await train(true);
    expect(eager.losses).toHaveLength(30);
    expectSameTraining(captured, eager);
    expect(Object.keys(captured.weights)).toContain('running_variance');
    expect(captured.weights['running_mean']).not.toEqual([0, 0, 0, 0, 0, 0]);
    expect(await train(true)).toEqual(captured);
  });

  it('drops anew in each step', async () => {
    const dropped = await train(true);
    expect(dropped.losses).not.toEqual((await train(true, 0)).losses);
    expect(new Set(dropped.losses).size).toBe(30);
  });

  it('evaluates and predicts as op by op, a smaller last batch included', async () => {
    const figures = async (capture: boolean): Promise<readonly number[]> => {
      const trainer = tinyTrainer([], options(capture));
      const { epochs } = await trainer.fit(byteImages(), { epochs: 1, validation: byteImages({ last: 3 }) });
      const outputs = (await trainer.predict(tf.ones([5, 10, 10, 1]))) as tf.Tensor;
      trainer.dispose();
      const values = [...Object.values(epochs[0]!), ...outputs.dataSync()];
      tf.disposeVariables();
      return values;
    };
    expectClose(await figures(true), [...(await figures(false))], { relative: 1e-4, absolute: 1e-5 });
  });
});
