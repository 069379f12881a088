import { arrayDataset, type Dataset, rebatch } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { presentWays, type Way, weightsOf } from '@cantrip/testing';
import {
  accuracy,
  type BatchSource,
  type Loss,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  topK,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

/** How often each of six examples counts. */
const counts = [2, 0, 1, 3, 0, 1];
const repeated = counts.flatMap((count, example) => Array<number>(count).fill(example));

const inputs = (examples: readonly number[]): Float32Array =>
  Float32Array.from(examples.flatMap((example) => [0, 1, 2].map((i) => Math.sin(7 * example + i))));

interface Kind {
  readonly loss: Loss;
  readonly targets: (examples: readonly number[]) => { values: Int32Array | Float32Array; shape: number[] };
}

const indices: Kind['targets'] = (examples) => ({
  values: Int32Array.from(examples, (example) => (example * 2) % 4),
  shape: [examples.length],
});
const numbers: Kind['targets'] = (examples) => ({
  values: Float32Array.from(examples.flatMap((example) => [0, 1, 2, 3].map((i) => (example + i) % 2))),
  shape: [examples.length, 4],
});

const kinds: readonly (readonly [string, Kind])[] = [
  ['softmaxCrossEntropy', { loss: softmaxCrossEntropy(), targets: indices }],
  [
    'softmaxCrossEntropy with class weights',
    { loss: softmaxCrossEntropy({ classWeights: [1, 2, 0.5, 3] }), targets: indices },
  ],
  ['softmaxCrossEntropy of one-hot targets', { loss: softmaxCrossEntropy(), targets: numbers }],
  ['sigmoidCrossEntropy', { loss: sigmoidCrossEntropy(), targets: numbers }],
  ['meanSquaredError', { loss: meanSquaredError(), targets: numbers }],
];

const all = counts.map((_, example) => example);

/** The six examples, each counting as often as it should. */
const weighted = ({ targets }: Kind, batchSize: number): Dataset =>
  arrayDataset({
    inputs: { values: inputs(all), shape: [6, 3] },
    targets: targets(all),
    weights: { values: Float32Array.from(counts), shape: [6] },
    batchSize,
  });

/** Each example as often as it counts. */
const spelt = ({ targets }: Kind): Dataset =>
  arrayDataset({
    inputs: { values: inputs(repeated), shape: [repeated.length, 3] },
    targets: targets(repeated),
    batchSize: repeated.length,
  });

const options = ({ loss, targets }: Kind): Partial<TrainerOptions> => ({
  model: () => sequential({ layers: [layers.dense({ units: 4, inputShape: [3] })] }),
  optimizer: sgd({ learningRate: 0.3 }),
  loss,
  metrics: targets === indices ? [accuracy(), topK({ k: 2 })] : [],
});

async function trained(
  way: Way,
  kind: Kind,
  data: BatchSource,
): Promise<{ logs: number[]; weights: number[] }> {
  const trainer = way.tinyTrainer([], options(kind));
  const { epochs } = await trainer.fit(data, { epochs: 3, validation: data });
  const weights = Object.values(await weightsOf(trainer)).flat() as number[];
  trainer.dispose();
  return { logs: epochs.flatMap((logs) => Object.values(logs)), weights };
}

const expectClose = (actual: readonly number[], wanted: readonly number[]): void => {
  expect(actual).toHaveLength(wanted.length);
  actual.forEach((value, at) => expect(value).toBeCloseTo(wanted[at]!, 5));
};

describe.each(await presentWays())('examples with weights, $name,', (way) => {
  it.each(kinds)('train and are measured as if each stood there as often, %s', async (_, kind) => {
    const [once, often] = [
      await trained(way, kind, weighted(kind, 6)),
      await trained(way, kind, spelt(kind)),
    ];
    expectClose(once.weights, often.weights);
    expectClose(once.logs, often.logs);
  });

  it.each(kinds)('are measured the same in batches of any size, filled up or not, %s', async (_, kind) => {
    const trainer = way.tinyTrainer([], options(kind));
    const wanted = Object.values(await trainer.evaluate(spelt(kind)));
    for (const data of [weighted(kind, 1), weighted(kind, 4), padded(kind)]) {
      expectClose(Object.values(await trainer.evaluate(data)), wanted);
    }
    trainer.dispose();
  });

  it.each(kinds)('rows that fill a batch up count for nothing, without any weight, %s', async (_, kind) => {
    const plain = arrayDataset({
      inputs: { values: inputs(all), shape: [6, 3] },
      targets: kind.targets(all),
      batchSize: 4,
    });
    const filled = rebatch(plain, { padLast: true, padTarget: 0 });
    const [short, long] = [await trained(way, kind, plain), await trained(way, kind, filled)];
    expectClose(long.weights, short.weights);
    expectClose(long.logs, short.logs);
  });

  it('go to a loss function that takes them as its third parameter', async () => {
    const kind = kinds.at(-1)![1];
    const own = (targets: tf.Tensor, outputs: tf.Tensor, weights: tf.Tensor): tf.Scalar =>
      tf.div(tf.sum(tf.mul(tf.mean(tf.squaredDifference(targets, outputs), 1), weights)), tf.sum(weights));
    const trainer = way.tinyTrainer([], { ...options(kind), loss: own, metrics: [] });
    const wanted = way.tinyTrainer([], { ...options(kind), metrics: [] });
    for (const size of [6, 4]) {
      const [a, b] = [
        await trainer.evaluate(weighted(kind, size)),
        await wanted.evaluate(weighted(kind, size)),
      ];
      expectClose(Object.values(a), Object.values(b));
    }
    trainer.dispose();
    wanted.dispose();
  });
});

function padded(kind: Kind): Dataset {
  return rebatch(weighted(kind, 4), { padLast: true, padTarget: 0 });
}

describe('weights that cannot be right', async () => {
  const way = (await presentWays())[0]!;
  const kind = kinds[0]![1];
  const batch = { inputs: { values: inputs(all), shape: [6, 3] }, targets: indices(all), size: 6 };
  const source = (more: object): BatchSource => ({
    stepsPerEpoch: 1,
    batches: () => [{ ...batch, ...more }],
  });
  const plain = (_targets: tf.Tensor, outputs: tf.Tensor): tf.Scalar => tf.mean(outputs);
  const ones = (...shape: number[]) => ({
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
    shape,
  });

  it.each<readonly [string, object, Partial<TrainerOptions>, RegExp]>([
    [
      'a key that nobody reads',
      { sampleWeight: ones(6) },
      {},
      /the unknown field sampleWeight. Rename it to weights/,
    ],
    [
      'another key that nobody reads',
      { labels: 3 },
      {},
      /the unknown field labels. Remove it; a batch may have inputs/,
    ],
    [
      'a loss function that does not take them',
      { weights: ones(6) },
      { loss: plain, metrics: [] },
      /loss plain does not accept weights.*third parameter/,
    ],
    [
      'too few',
      { weights: ones(5) },
      {},
      /has 6 examples in its inputs, but weights has shape \[5\].*SHAPE_MISMATCH/,
    ],
    [
      'of another shape',
      { weights: ones(6, 4) },
      {},
      /weights of shape \[6, 4\] do not match .*\[6\].*SHAPE_MISMATCH/,
    ],
    [
      'below 0',
      { weights: { values: Float32Array.of(1, 1, -1, 1, 1, 1), shape: [6] } },
      {},
      />= 0, got -1 at index 2/,
    ],
    [
      'no number',
      { weights: { values: Float32Array.of(1, NaN, 1, 1, 1, 1), shape: [6] } },
      {},
      /got NaN at index 1/,
    ],
    [
      'a metric that does not take them',
      { weights: ones(6) },
      { metrics: [{ name: 'own', compute: plain }] },
      /metric own does not accept weights/,
    ],
    [
      'an int64 array as targets',
      { targets: { values: new BigInt64Array(6), shape: [6] } },
      {},
      /targets.values must be .*DTYPE_MISMATCH/,
    ],
    [
      'a float64 array as inputs',
      { inputs: { values: new Float64Array(18), shape: [6, 3] } },
      {},
      /inputs.values must be .*DTYPE_MISMATCH/,
    ],
    ['a nested array as inputs', { inputs: [[1, 2, 3]] }, {}, /inputs must be a tensor, .*OPTION_INVALID/],
  ])('are refused in one sentence: %s', async (_, more, also, message) => {
    const trainer = way.tinyTrainer([], { ...options(kind), ...also });
    await expect(trainer.fit(source(more), { epochs: 1 })).rejects.toThrow(message);
    await expect(trainer.evaluate(source(more))).rejects.toThrow(message);
    trainer.dispose();
  });

  it('are refused where a plugin drops them', async () => {
    const dropping = {
      name: 'dropping',
      transformBatch: ({ inputs, targets }: { inputs: tf.Tensor; targets: tf.Tensor }) => ({
        inputs,
        targets,
      }),
    };
    const trainer = way.tinyTrainer([dropping as never], options(kind));
    await expect(trainer.fit(source({ weights: ones(6) }), { epochs: 1 })).rejects.toThrow(
      /without weights.*HOOK_RESULT/,
    );
    trainer.dispose();
  });
});
