import { arrayDataset, type Dataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import { accuracy, type Plugin } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import {
  labelSmoothing,
  type LabelSmoothingOptions,
  smoothedCrossEntropy,
  type SmoothedCrossEntropyOptions,
} from '../src/index.ts';

interface DataOptions {
  readonly batchSize: number;
  readonly more?: object;
}

/** Seven examples of two tokens, some of which are ignored; one has nothing that counts. */
const indices = Int32Array.of(0, -100, 2, 1, -100, -100, 1, 1, 0, 2, -100, 0, 2, -100);
const sequences = ({ batchSize, more }: DataOptions): Dataset =>
  arrayDataset({
    inputs: { values: Float32Array.from({ length: 28 }, (_, i) => Math.sin(5 * i)), shape: [7, 2, 2] },
    targets: { values: indices, shape: [7, 2] },
    batchSize,
    ...more,
  });

/** Answers to three questions each; -1 was not answered. */
const answers = Float32Array.from({ length: 21 }, (_, i) => [0, 1, -1, 1, 0][(i * 3) % 5]!);
const questions = ({ batchSize, more }: DataOptions): Dataset =>
  arrayDataset({
    inputs: { values: Float32Array.from({ length: 14 }, (_, i) => Math.sin(5 * i)), shape: [7, 2] },
    targets: { values: answers, shape: [7, 3] },
    batchSize,
    ...more,
  });

interface Kind {
  readonly data: (options: DataOptions) => Dataset;
  readonly inputShape: number[];
  readonly loss: SmoothedCrossEntropyOptions;
  readonly smoothing: LabelSmoothingOptions;
}

const kinds: Readonly<Record<string, Kind>> = {
  'a softmax': { data: sequences, inputShape: [2, 2], loss: { ignoreIndex: -100 }, smoothing: {} },
  'a confidence penalty': {
    data: sequences,
    inputShape: [2, 2],
    loss: { ignoreIndex: -100 },
    smoothing: { smoothing: 0.2, confidencePenalty: 0.3 },
  },
  'a penalty alone': {
    data: sequences,
    inputShape: [2, 2],
    loss: { ignoreIndex: -100 },
    smoothing: { smoothing: 0, confidencePenalty: 0.3 },
  },
  'a sigmoid over answers of which some are missing': {
    data: questions,
    inputShape: [2],
    loss: { ignoreIndex: -1, activation: 'sigmoid' },
    smoothing: { smoothing: 0.2, confidencePenalty: 0.1, activation: 'sigmoid' },
  },
};

const exampleWeights = { values: Float32Array.of(1, 2, 0.5, 0, 3, 1, 0.25), shape: [7] };

async function trained(
  { tinyTrainer }: Way,
  { inputShape, loss }: Kind,
  plugin: Plugin,
  data: Dataset,
  smoothing?: Plugin,
): Promise<readonly number[]> {
  const trainer = tinyTrainer([plugin], {
    model: () => sequential({ layers: [layers.dense({ units: 3, inputShape })] }),
    optimizer: sgd({ learningRate: 0.3 }),
    loss: smoothedCrossEntropy({ ...loss, ...(smoothing && { smoothing }) }),
    metrics: loss.activation === 'sigmoid' ? [] : [accuracy({ ignoreIndex: -100 })],
  });
  const { epochs } = await trainer.fit(data, { epochs: 2, validation: data });
  const { variables } = (await trainer.open()).run;
  const weights = Object.values(variables).flatMap((variable) => [...variable.dataSync()]);
  trainer.dispose();
  return [...epochs.flatMap((logs) => Object.values(logs)), ...weights];
}

describe.each(await presentWays())('labelSmoothing beside a loss that ignores labels, $name,', (way) => {
  describe.each(Object.entries(kinds))('%s,', (_, kind) => {
    it.each([
      ['in one batch', { batchSize: 7 }],
      ['in uneven batches', { batchSize: 3 }],
      ['one by one', { batchSize: 1 }],
      ['with weights', { batchSize: 3, more: { weights: exampleWeights } }],
      [
        'with a last batch that is filled up',
        { batchSize: 4, more: { padLast: true, padTarget: kind.loss.ignoreIndex } },
      ],
    ] as const)(
      'smooths no label that is ignored, as the loss that smooths by itself, %s',
      async (_, options) => {
        const data = kind.data(options);
        const apart = await trained(way, kind, labelSmoothing(kind.smoothing), data);
        const linked = labelSmoothing(kind.smoothing);
        const inLoss = await trained(way, kind, linked, data, linked);
        apart.forEach((value, at) => expect(value).toBeCloseTo(inLoss[at]!, 5));
      },
    );
  });
});
