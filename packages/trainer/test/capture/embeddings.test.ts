import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { expectClose, presentDevices, weightsOf } from '@cantrip/testing';
import type { BatchSource, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { watchedLosses } from './state-trainer.ts';

const present = await presentDevices(['tensorflow', 'wasm', 'cpu']);
const words = [0, 1, 2, 2, 2, 3];
const targets = [0, 1];
const steps = 3;
const rate = 0.1;

type Numbers = Int32Array | Float32Array | Uint8Array;

const batches = (values: Numbers): BatchSource => ({
  stepsPerEpoch: steps,
  batches: () =>
    Array.from({ length: steps }, () => ({
      inputs: { values, shape: [2, 3] },
      targets: { values: Float32Array.from(targets), shape: [2, 1] },
      size: 2,
    })),
});

const embedding = (options: object = {}): tfl.layers.Layer =>
  tfl.layers.embedding({
    inputDim: 4,
    outputDim: 2,
    inputLength: 3,
    embeddingsInitializer: 'ones',
    name: 'words',
    ...options,
  });

const model = (): tfl.LayersModel =>
  tfl.sequential({
    layers: [
      embedding(),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 1, kernelInitializer: 'ones', name: 'head' }),
    ],
  });

const trainer = (options: Partial<TrainerOptions>): ReturnType<typeof watchedLosses> =>
  watchedLosses({ model, optimizer: sgd({ learningRate: rate }), ...options });

/** The same training in double precision, without tensors. */
function reference(): { losses: number[]; table: number[] } {
  const table = new Array<number>(8).fill(1);
  const kernel = new Array<number>(6).fill(1);
  let bias = 0;
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const inputs = targets.map((_, row) =>
      words.slice(3 * row, 3 * row + 3).flatMap((word) => [table[2 * word]!, table[2 * word + 1]!]),
    );
    const errors = inputs.map(
      (row, index) => row.reduce((sum, x, at) => sum + x * kernel[at]!, bias) - targets[index]!,
    );
    losses.push(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    const slopes = errors.map((error) => (2 * error) / errors.length);
    const before = [...kernel];
    slopes.forEach((slope, row) => {
      bias -= rate * slope;
      inputs[row]!.forEach((x, at) => {
        kernel[at]! -= rate * slope * x;
        // A word that comes several times has the sum of its gradients.
        table[2 * words[3 * row + Math.floor(at / 2)]! + (at % 2)]! -= rate * slope * before[at]!;
      });
    });
  }
  return { losses, table };
}

const ways = present.flatMap((device) =>
  (device === 'tensorflow' ? (['auto', true, false] as const) : ([false] as const)).map(
    (capture) => [device, capture] as const,
  ),
);

describe.each(ways)('an embedding on %s, capture %s', (device, capture) => {
  it.each([
    ['whole numbers', Int32Array.from(words)],
    ['floats', Float32Array.from(words)],
    ['bytes', Uint8Array.from(words)],
  ])('trains on %s as plain arithmetic says', async (_, values) => {
    const { trainer: training, losses, log } = trainer({ device, capture });
    await training.fit(batches(values), { epochs: 1 });
    const expected = reference();
    expectClose(losses, expected.losses, { relative: 1e-5 });
    expectClose((await weightsOf(training))['words/embeddings']!, expected.table, {
      relative: 1e-5,
      absolute: 1e-6,
    });
    expect(log).toEqual([]);
    training.dispose();
  });

  it('is evaluated and predicts', async () => {
    const { trainer: training, log } = trainer({ device, capture });
    expect(await training.evaluate(batches(Int32Array.from(words)))).toEqual({ loss: 30.5 });
    for (let call = 0; call < 3; call++) {
      const output = await training.predict({ values: Int32Array.of(0, 1, 3), shape: [1, 3] });
      expect((output as tf.Tensor).dataSync()[0]).toBe(6);
    }
    expect(log).toEqual([]);
    training.dispose();
  });

  it.each([4, -1])('says that %i is no index of it, in fit, evaluate and predict', async (wrong) => {
    const { trainer: training, log } = trainer({ device, capture });
    const values = Int32Array.from([...words.slice(0, 5), wrong]);
    const why = new RegExp(
      `^\\[gather\\] index ${wrong} (at \\[5\\] )?is not in \\[0, 4\\)\\. Use integers in \\[0, 4\\), .*\\(INDEX_OUT_OF_RANGE\\)$`,
    );
    await expect(training.evaluate(batches(values))).rejects.toThrow(why);
    await expect(training.predict({ values, shape: [2, 3] })).rejects.toThrow(why);
    await expect(training.fit(batches(values), { epochs: 1 })).rejects.toThrow(why);
    expect((await weightsOf(training))['words/embeddings']).toEqual(new Array(8).fill(1));
    expect(log).toEqual([]);
  });

  it('that masks zeros trains a recurrent layer as one without zeros', async () => {
    const masked = (length: number): (() => tfl.LayersModel) => {
      return () =>
        tfl.sequential({
          layers: [
            embedding({ maskZero: true, inputLength: length }),
            tfl.layers.simpleRNN({ units: 2, kernelInitializer: 'ones', recurrentInitializer: 'ones' }),
            tfl.layers.dense({ units: 1, kernelInitializer: 'ones' }),
          ],
        });
    };
    const train = async (values: number[], length: number): Promise<readonly number[]> => {
      const { trainer: training, losses } = trainer({ device, capture, model: masked(length) });
      const source: BatchSource = {
        stepsPerEpoch: steps,
        batches: () =>
          Array.from({ length: steps }, () => ({
            inputs: { values: Int32Array.from(values), shape: [2, length] },
            targets: { values: Float32Array.from(targets), shape: [2, 1] },
            size: 2,
          })),
      };
      await training.fit(source, { epochs: 1 });
      training.dispose();
      return losses;
    };
    expectClose(await train([1, 2, 0, 0, 3, 1, 0, 0], 4), await train([1, 2, 3, 1], 2), { relative: 1e-5 });
  });
});
