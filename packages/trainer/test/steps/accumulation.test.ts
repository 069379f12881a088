import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { arrayDataset } from '@cantrip/data';
import type { AnyPlugin, HostContext, StepEnd } from '@cantrip/trainer';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { scalarTrainer, weightOf } from './scalar-model.ts';

const devices = await presentDevices(['cpu', 'tensorflow']);
const numbers = [1, 2, 3, 4, 50];

function dataset(count: number, batchSize: number): ReturnType<typeof arrayDataset> {
  const shape = [count, 1];
  return arrayDataset({
    inputs: { values: Float32Array.from(numbers.slice(0, count)), shape },
    targets: { values: new Float32Array(count), shape },
    batchSize,
  });
}

describe.each(devices)('accumulated gradients on %s', (device) => {
  const train = async (count: number, batchSize: number, steps: number, epochs = 1): Promise<number> => {
    const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { steps });
    const trainer = scalarTrainer({ device, optimizer });
    await trainer.fit(dataset(count, batchSize), { epochs });
    const weight = await weightOf(trainer);
    trainer.dispose();
    return weight;
  };

  it('of an epoch shorter than a step are not lost', async () => {
    expect(await train(3, 1, 4)).toBeCloseTo(-2, 5);
  });

  it('of batches that are left at the end of an epoch make a step of their own', async () => {
    expect(await train(4, 1, 3)).toBeCloseTo(-2 - 4, 5);
  });

  it('are not carried into the next epoch', async () => {
    expect(await train(4, 1, 3, 2)).toBeCloseTo(2 * (-2 - 4), 5);
  });

  it('weigh batches of 4 and 1 examples as one batch of the five does', async () => {
    expect(await train(5, 4, 2)).toBeCloseTo(-12, 4);
    expect(await train(5, 5, 1)).toBeCloseTo(-12, 4);
  });
});

describe('a step of several batches', () => {
  it('is told of once, with the loss of all its batches and a rate of its own', async () => {
    const seen: { step: number; batch: number; loss: number; rate: number; stepsPerEpoch: number }[] = [];
    const watch: AnyPlugin = {
      name: 'watch',
      scheduleLearningRate: (_: number, { step }: { step: number }) => 1 + step,
      async onStepEnd({ step, batch, stepsPerEpoch, learningRate, loss }: HostContext & StepEnd) {
        seen.push({ step, batch, loss: await loss(), rate: learningRate, stepsPerEpoch });
      },
    };
    const optimizer = accumulateGradients(sgd(), { steps: 2 });
    const trainer = scalarTrainer({ optimizer }, [watch]);
    await trainer.fit(dataset(5, 2), { epochs: 1 });
    // Batches 1 2, 3 4 and 50: the first step moves w by the mean 2.5, the second by 50 times the rate 2.
    expect(seen).toEqual([
      { step: 1, batch: 2, loss: 0, rate: 1, stepsPerEpoch: 2 },
      { step: 2, batch: 3, loss: -125, rate: 2, stepsPerEpoch: 2 },
    ]);
    expect(await weightOf(trainer)).toBeCloseTo(-2.5 - 100, 3);
    trainer.dispose();
  });

  it('draws other random numbers for each of its batches', async () => {
    const drawn = tf.variable(tf.zeros([4]), false);
    const noise: AnyPlugin = {
      name: 'noise',
      transformLoss: (loss, { random }) => {
        const shifted = tf.slice(drawn, 1, 3);
        drawn.assign(tf.concat([shifted, random('noise').uniform([1])]) as tf.Tensor1D);
        return loss;
      },
    };
    const trainer = scalarTrainer({ optimizer: accumulateGradients(sgd(), { steps: 2 }) }, [noise]);
    await trainer.fit(dataset(4, 1), { epochs: 1 });
    expect(new Set(drawn.dataSync()).size).toBe(4);
    trainer.dispose();
  });

  it('that fails leaves nothing of its batches behind', async () => {
    const optimizer = accumulateGradients(sgd({ learningRate: 1 }), { steps: 2 });
    let calls = 0;
    const failing: AnyPlugin = {
      name: 'failing',
      transformLoss: (loss) => {
        if (++calls === 2) throw new Error('the second batch');
        return loss;
      },
    };
    const trainer = scalarTrainer({ optimizer }, [failing]);
    await expect(trainer.fit(dataset(2, 1), { epochs: 1 })).rejects.toThrow('the second batch');
    expect(trainer.position()).toEqual({ epoch: 0, step: 0 });
    await trainer.fit(dataset(2, 1), { epochs: 1 });
    expect(await weightOf(trainer)).toBeCloseTo(-1.5, 5);
    trainer.dispose();
  });
});
