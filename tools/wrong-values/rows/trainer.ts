import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { type createTrainer, meanSquaredError, type Trainer, type TrainerOptions } from '@cantrip/trainer';
import { options, type Row, type Rows } from '../row.ts';
import {
  arrayOf,
  callable,
  either,
  flag,
  integer,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
} from '../rules.ts';

const from = optional(oneOf('logits', 'probabilities'));
const ignoreIndex = optional(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const function_: Rule = (value) => typeof value === 'function' && value !== sgd;
const absent: Rule = (value) => !value && typeof value !== 'bigint' && !Number.isNaN(value);

const withOptions = (given: Parameters<typeof options>[0]): Row => ({
  right: () => [{}],
  legal: [options(given, optionalOptions)],
});

/** A method of a trainer, with the arguments that it is called with. */
const method = (name: 'fit' | 'evaluate' | 'predict', right: Row['right'], legal: Row['legal']): Row => ({
  right,
  legal,
  who: [name, 'trainer'],
  async call(create, args) {
    const trainer = (create as typeof createTrainer)(trainerOptions());
    try {
      return await (trainer[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args);
    } finally {
      disposeOf(trainer);
    }
  },
});

const examples = (): object => ({ inputs: numbers(), targets: numbers(), batchSize: 2 });
const exampleRules = {
  inputs: nothing,
  targets: nothing,
  weights: optional(nothing),
  batchSize: optional(integer({ min: 1 })),
  shuffle: optional(flag),
};
const fitRules = {
  epochs: integer({ min: 1 }),
  validation: optional(nothing),
  shortEpoch: optional(oneOf('raise', 'warn')),
  signal: optional(nothing),
};

/** Every export of the package. */
export const trainerRows: Rows = {
  accuracy: withOptions({ ignoreIndex, from }),
  binaryAccuracy: withOptions({ from, threshold: optional(number({ above: 0, below: 1 })) }),
  createTrainer: [
    {
      right: () => [trainerOptions()],
      legal: [
        options({
          model: callable,
          optimizer: function_,
          loss: callable,
          lossWeights: optional(nothing),
          metrics: optional((value) => optionalOptions(value) || arrayOf(nothing)(value)),
          plugins: optional(arrayOf(absent)),
          device: optional(nothing),
          capture: optional(either(flag, oneOf('auto'))),
          compile: optional(nothing),
          checkLossEvery: optional(integer({ min: 1 })),
          handleInterrupt: optional(flag),
          log: optional(callable),
        }),
      ],
      call: (create, args) => disposeOf((create as (...given: readonly unknown[]) => Trainer)(...args)),
    },
    method('fit', () => [examples(), { epochs: 1, signal: AbortSignal.abort() }], [
      nothing,
      options(fitRules),
    ]),
    method('evaluate', () => [examples()], [options(exampleRules)]),
    method('predict', () => [numbers()], [nothing]),
  ],
  dropout: {
    right: () => [tf.ones([2, 2]), { rate: 0.5, random: random() }],
    legal: [
      nothing,
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
  tfDataset: {
    right: () => [{ size: 1, [Symbol.asyncIterator]: () => undefined }, {}],
    legal: [nothing, options({ batchesPerEpoch: optional(integer({ min: 1 })) }, optionalOptions)],
  },
  topK: withOptions({ k: optional(integer({ min: 1 })), ignoreIndex }),
};

function trainerOptions(): TrainerOptions {
  return {
    model: () => tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [2] })] }),
    optimizer: sgd(),
    loss: meanSquaredError(),
    handleInterrupt: false,
    log: () => undefined,
  };
}

function numbers(): number[][] {
  return [
    [1, 2],
    [3, 4],
  ];
}

function random(): object {
  return { bernoulli: (shape: number[]) => tf.ones(shape) };
}

function disposeOf(trainer: Trainer): void {
  trainer.dispose();
}
