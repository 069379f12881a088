import { arrayDataset, type Dataset, rebatch } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import { accuracy, type Logs, type TrainerOptions } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { smoothedCrossEntropy } from '../src/index.ts';

/** 20 examples in batches of 8: the last one has 4. */
const shortLast = arrayDataset({
  inputs: { values: Float32Array.from({ length: 60 }, (_, at) => Math.sin(at)), shape: [20, 3] },
  targets: { values: Int32Array.from({ length: 20 }, (_, at) => (at * 7) % 4), shape: [20] },
  classes: 4,
  batchSize: 8,
});
const padded = rebatch(shortLast, { padLast: true });

const options: Partial<TrainerOptions> = {
  model: () => sequential({ layers: [layers.dense({ units: 4, inputShape: [3] })] }),
  optimizer: sgd({ learningRate: 0.5, momentum: 0.9 }),
  loss: smoothedCrossEntropy({ smoothing: 0.1, ignoreIndex: -100 }),
  metrics: [accuracy({ ignoreIndex: -100 })],
};

interface Trained {
  readonly epochs: readonly Logs[];
  readonly evaluated: Logs;
  readonly weights: readonly number[];
  /** The shapes that there were. */
  readonly signatures: number;
}

async function train({ tinyTrainer }: Way, data: Dataset): Promise<Trained> {
  const seen = new Set<string>();
  const watching = {
    name: 'watching',
    onStepEnd: ({ signature }: { signature: string }) => void seen.add(signature),
  };
  const trainer = tinyTrainer([watching], options);
  const { epochs } = await trainer.fit(data, { epochs: 3, validation: data });
  const evaluated = await trainer.evaluate(data);
  const { variables } = (await trainer.open()).run;
  const weights = Object.values(variables).flatMap((variable) => [...variable.dataSync()]);
  trainer.dispose();
  return { epochs, evaluated, weights, signatures: seen.size };
}

describe.each(await presentWays())('a last batch that is filled up, $name,', (way) => {
  it('trains the same weights as the smaller one, with the same loss and accuracy, in one shape', async () => {
    const [plain, filled] = [await train(way, shortLast), await train(way, padded)];
    expect([plain.signatures, filled.signatures]).toEqual([2, 1]);
    expectSame(filled.weights, plain.weights);
    expectSame(Object.values(filled.evaluated), Object.values(plain.evaluated));
    filled.epochs.forEach((logs, epoch) => {
      expect(Object.keys(logs)).toEqual(Object.keys(plain.epochs[epoch]!));
      expectSame(Object.values(logs), Object.values(plain.epochs[epoch]!));
    });
  });

  it('is refused by a loss that would take padding for a class, with a hint', async () => {
    const trainer = way.tinyTrainer([], { ...options, loss: smoothedCrossEntropy() });
    await expect(trainer.fit(padded, { epochs: 1 })).rejects.toThrow(
      /is class -100.*use a loss with ignoreIndex.*LABEL_OUT_OF_RANGE/,
    );
    trainer.dispose();
  });
});

function expectSame(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 5));
}
