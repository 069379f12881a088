import * as tf from '@tensorflow/tfjs-core';
import { options, type Row, type Rows } from '../../row.ts';
import {
  arrayOf,
  anything,
  flag,
  integer,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  plain,
  tensor,
} from '../../rules.ts';

const from = optional(oneOf('logits', 'probabilities'));
const ignoreIndex = optional(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

const withOptions = (given: Parameters<typeof options>[0]): Row => ({
  right: () => [{}],
  legal: [options(given, optionalOptions)],
});

/** Losses, metrics, and what is made without a trainer. */
export const figureRows: Rows = {
  accuracy: withOptions({ ignoreIndex, from }),
  binaryAccuracy: withOptions({ from, threshold: optional(number({ above: 0, below: 1 })) }),
  dropout: {
    right: () => [tf.ones([2, 2]), { rate: 0.5, random: random() }],
    legal: [
      tensor(),
      options({
        rate: number({ min: 0, below: 1 }),
        random: nothing,
        noiseShape: optional(nothing),
      }),
    ],
  },
  meanSquaredError: 'takes nothing',
  sigmoidCrossEntropy: withOptions({ from }),
  softmaxCrossEntropy: withOptions({
    from,
    classWeights: optional(arrayOf(number({ min: 0 }), { min: 2 })),
  }),
  tablesOf: { right: () => [{ loss: 1 }], legal: [plain] },
  asBatchSource: {
    right: () => [{ inputs: [[1]], targets: [[1]], batchSize: 1, shuffle: false }],
    legal: [
      options({
        inputs: anything,
        targets: anything,
        weights: optional(anything),
        batchSize: optional(integer({ min: 1 })),
        shuffle: optional(flag),
      }),
    ],
  },
  tfDataset: {
    right: () => [{ size: 1, [Symbol.asyncIterator]: () => undefined }, {}],
    legal: [nothing, options({ batchesPerEpoch: optional(integer({ min: 1 })) }, optionalOptions)],
  },
  topK: withOptions({ k: optional(integer({ min: 1 })), ignoreIndex }),
};

function random(): object {
  return { bernoulli: (shape: number[]) => tf.ones(shape) };
}
