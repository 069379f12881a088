import { adamw } from '@cantrip/optimizers';
import { tinyTrainer } from '@cantrip/testing';
import type { TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../src/measure/model-identity.ts';

interface Head {
  readonly activation?: 'relu' | 'tanh';
  readonly rate?: number;
  readonly trainable?: boolean;
}

const network =
  ({ activation = 'relu', rate = 0.5, trainable = true }: Head = {}): TrainerOptions['model'] =>
  () =>
    sequential({
      layers: [
        layers.flatten({ inputShape: [6, 6, 1] }),
        layers.dense({ units: 4, activation, trainable }),
        layers.dropout({ rate }),
        layers.dense({ units: 3 }),
      ],
    });

async function identity(options: Partial<TrainerOptions>): Promise<string> {
  const trainer = tinyTrainer([], { device: 'cpu', model: network(), ...options });
  const { run } = await trainer.open();
  const hash = identityOf(run);
  trainer.dispose();
  return hash;
}

describe('what is trained', () => {
  it('is the same when it is made again, though TensorFlow.js counts its names up', async () => {
    expect(await identity({})).toBe(await identity({}));
  });

  it('is another with another activation, rate of dropout, frozen layer or optimizer of equal parameters', async () => {
    const all = await Promise.all(
      [
        {},
        { model: network({ activation: 'tanh' }) },
        { model: network({ rate: 0 }) },
        { model: network({ trainable: false }) },
        { optimizer: adamw({ learningRate: 0.1 }) },
      ].map(identity),
    );
    expect(new Set(all).size).toBe(all.length);
  });

  it('is told by its text where it is a function', async () => {
    const weights = (): tf.Variable => tf.variable(tf.zeros([36, 3]));
    const linear: TrainerOptions['model'] = () => {
      const kernel = weights();
      return (inputs) => tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel);
    };
    const bent: TrainerOptions['model'] = () => {
      const kernel = weights();
      return (inputs) => tf.relu(tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel));
    };
    expect(await identity({ model: linear })).toBe(await identity({ model: linear }));
    expect(await identity({ model: linear })).not.toBe(await identity({ model: bent }));
  });
});
