import { arrayDataset, type Dataset } from '@cantrip/data';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import type { BatchSource } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import {
  brierScore,
  confidence,
  smoothedCrossEntropy,
  type SmoothedCrossEntropyOptions,
} from '../src/index.ts';

/** How often each of six sequences of two tokens counts. */
const counts = [2, 0, 1, 3, 0, 1];
const repeated = counts.flatMap((count, example) => Array<number>(count).fill(example));
const all = counts.map((_, example) => example);

const data = (examples: readonly number[], batchSize: number, weights?: number[]): Dataset =>
  arrayDataset({
    inputs: {
      values: Float32Array.from(
        examples.flatMap((one) => [0, 1, 2, 3, 4, 5].map((i) => Math.sin(7 * one + i))),
      ),
      shape: [examples.length, 2, 3],
    },
    targets: {
      values: Int32Array.from(examples.flatMap((one) => [one % 4, one % 3 === 0 ? -100 : (one * 3) % 4])),
      shape: [examples.length, 2],
    },
    ...(weights && { weights: { values: Float32Array.from(weights), shape: [examples.length] } }),
    batchSize,
  });

const losses: readonly (readonly [string, SmoothedCrossEntropyOptions])[] = [
  ['a softmax', {}],
  ['smoothing', { smoothing: 0.1 }],
  ['class weights', { smoothing: 0.2, classWeights: [1, 0.5, 2, 3] }],
  ['a confidence penalty', { confidencePenalty: 0.3 }],
  ['a confidence penalty beside class weights', { confidencePenalty: 0.3, classWeights: [1, 0.5, 2, 3] }],
  ['a sigmoid', { activation: 'sigmoid', smoothing: 0.1 }],
  ['a sum', { reduction: 'sum' }],
];

describe.each(await presentWays())('smoothedCrossEntropy with sample weights, $name,', ({ tinyTrainer }) => {
  const run = async (options: SmoothedCrossEntropyOptions, source: BatchSource): Promise<number[]> => {
    const trainer = tinyTrainer([], {
      model: () => sequential({ layers: [layers.dense({ units: 4, inputShape: [2, 3] })] }),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: smoothedCrossEntropy({ ignoreIndex: -100, ...options }),
      metrics: [],
    });
    const { epochs } = await trainer.fit(source, { epochs: 2, validation: source });
    const { variables } = (await trainer.open()).run;
    const weights = Object.values(variables).flatMap((variable) => [...variable.dataSync()]);
    trainer.dispose();
    return [...epochs.flatMap((logs) => Object.values(logs)), ...weights];
  };

  it.each(losses)(
    'trains and is measured as if each example stood there as often, %s',
    async (_, options) => {
      const once = await run(options, data(all, 6, counts));
      const often = await run(options, data(repeated, repeated.length));
      once.forEach((value, at) => expect(value).toBeCloseTo(often[at]!, 4));
    },
  );

  it('is refused beside accumulated gradients where it is a sum, for those are means', async () => {
    const trainer = tinyTrainer([], {
      model: () => sequential({ layers: [layers.dense({ units: 4, inputShape: [2, 3] })] }),
      optimizer: accumulateGradients(sgd({ learningRate: 0.1 }), { steps: 2 }),
      loss: smoothedCrossEntropy({ ignoreIndex: -100, reduction: 'sum' }),
      metrics: [],
    });
    await expect(trainer.fit(data(all, 3), { epochs: 1 })).rejects.toThrow(/is a sum.*OPTION_INVALID/);
    trainer.dispose();
  });

  it('brierScore and confidence are weighted too', async () => {
    const trainer = tinyTrainer([], {
      model: () => sequential({ layers: [layers.dense({ units: 4, inputShape: [2, 3] })] }),
      loss: smoothedCrossEntropy({ ignoreIndex: -100 }),
      metrics: [brierScore({ ignoreIndex: -100 }), confidence({ ignoreIndex: -100 })],
    });
    const often = await trainer.evaluate(data(repeated, repeated.length));
    for (const size of [1, 4]) {
      const once = await trainer.evaluate(data(all, size, counts));
      for (const name of Object.keys(often)) expect(once[name]).toBeCloseTo(often[name]!, 5);
    }
    trainer.dispose();
  });
});
