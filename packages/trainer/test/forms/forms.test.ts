import { openDevice } from '@cantrip/core-tensor-gpu';
import { arrayDataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import {
  createTrainer,
  type Data,
  type FitOptions,
  meanSquaredError,
  type NamedValues,
  softmaxCrossEntropy,
  tfDataset,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tfd from '@tensorflow/tfjs-data';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

const inputs = [
  [1, 0],
  [0, 1],
  [1, 1],
  [2, 1],
  [3, 1],
];
const targets = [[1], [2], [3], [4], [5]];

describe.each(await presentWays())('data in other forms $name', ({ options }) => {
  beforeAll(() => openDevice(options.device));

  const trainer = (more: Partial<TrainerOptions> = {}): Trainer =>
    createTrainer({
      ...options,
      log: () => undefined,
      optimizer: sgd({ learningRate: 0.05 }),
      loss: meanSquaredError(),
      model: () =>
        tfl.sequential({
          layers: [tfl.layers.dense({ units: 1, inputShape: [2], kernelInitializer: 'ones', name: 'one' })],
        }),
      ...more,
    });

  /** The losses of two epochs of fit, and what is evaluated and predicted then. */
  async function figures(data: Data, validation: Data = data): Promise<unknown> {
    const training = trainer();
    const { epochs } = await training.fit(data, { epochs: 2, validation });
    const evaluated = await training.evaluate(validation);
    const predicted = (await training.predict(validation)) as tf.Tensor;
    const seen = [epochs, evaluated, predicted.shape, [...(await predicted.data())]];
    predicted.dispose();
    const { model } = (await training.open()).run;
    training.dispose();
    // The model stays, and is ours.
    (model as tfl.LayersModel).dispose();
    return seen;
  }

  const dataset = () =>
    arrayDataset({
      inputs: { values: Float32Array.from(inputs.flat()), shape: [5, 2] },
      targets: { values: Float32Array.from(targets.flat()), shape: [5, 1] },
      batchSize: 2,
    });

  it('tensors, nested arrays and tf.data train, evaluate and predict as the same arrays do, and leave no tensor', async () => {
    const wanted = await figures(dataset());
    const [xs, ys] = [tf.tensor2d(inputs), tf.tensor2d(targets)];
    const before = tf.memory().numTensors;
    const batches = (): tfd.Dataset<tf.TensorContainer> =>
      tfd.zip({ xs: tfd.array(inputs), ys: tfd.array(targets) }).batch(2);
    const forms: readonly Data[] = [
      { inputs: xs, targets: ys, batchSize: 2, shuffle: false },
      { inputs, targets, batchSize: 2, shuffle: false },
      {
        inputs: inputs.map((row) => Float32Array.from(row)),
        targets: { values: Float32Array.from(targets.flat()), shape: [5, 1] },
        batchSize: 2,
        shuffle: false,
      },
      batches() as unknown as Data,
      tfDataset(batches() as never),
      tfDataset(elements([0, 2, 4]) as never, { batchesPerEpoch: 3 }),
    ];
    for (const form of forms) expect(await figures(form)).toEqual(wanted);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([xs, ys]);
  });

  /** An object with an async iterator, whose elements are tensors of its own making. */
  function elements(starts: readonly number[]): object {
    return {
      async *[Symbol.asyncIterator]() {
        for (const start of starts) {
          await Promise.resolve();
          yield {
            xs: tf.tensor2d(inputs.slice(start, start + 2)),
            ys: tf.tensor2d(targets.slice(start, start + 2)),
          };
        }
      },
    };
  }

  it('fit(inputs, targets, options) and evaluate(inputs, targets) are as in TensorFlow.js', async () => {
    const [xs, ys] = [tf.tensor2d(inputs), tf.tensor2d(targets)];
    const [one, other] = [trainer(), trainer()];
    const { epochs } = await one.fit(xs, ys, { epochs: 2, batchSize: 2, shuffle: false });
    expect(epochs).toEqual((await other.fit(dataset(), { epochs: 2 })).epochs);
    expect(await one.evaluate(xs, ys, { batchSize: 2 })).toEqual(await other.evaluate(dataset()));
    expect([xs.isDisposed, ys.isDisposed]).toEqual([false, false]);
    [one, other].forEach((training) => training.dispose());
    tf.dispose([xs, ys]);
  });

  it('examples are shuffled in fit, by the seed and the epoch, as a dataset is', async () => {
    const [one, other, third] = [trainer(), trainer(), trainer()];
    const shuffled = arrayDataset({
      inputs: { values: Float32Array.from(inputs.flat()), shape: [5, 2] },
      targets: { values: Float32Array.from(targets.flat()), shape: [5, 1] },
      batchSize: 2,
      shuffle: true,
    });
    const { seed } = (await one.open()).run;
    for (const training of [other, third]) {
      await training.restore({ ...(await one.save()), seed });
    }
    const wanted = (await one.fit(shuffled, { epochs: 3 })).epochs;
    expect((await other.fit({ inputs, targets, batchSize: 2 }, { epochs: 3 })).epochs).toEqual(wanted);
    expect((await third.fit(inputs, targets, { epochs: 3, batchSize: 2 })).epochs).toEqual(wanted);
    [one, other, third].forEach((training) => training.dispose());
  });

  it('a list of whole numbers holds class indices', async () => {
    const training = trainer({
      loss: softmaxCrossEntropy(),
      model: () =>
        tfl.sequential({
          layers: [tfl.layers.dense({ units: 3, inputShape: [2], kernelInitializer: 'zeros' })],
        }),
    });
    const data = { inputs, targets: [0, 1, 2, 1, 0] };
    expect((await training.evaluate(data))['loss']).toBeCloseTo(Math.log(3), 5);
    await expect(training.evaluate({ inputs, targets: [0, 1, 2, 1, 3] })).rejects.toThrow(
      'LABEL_OUT_OF_RANGE',
    );
    training.dispose();
  });

  it('named inputs may be of different forms', async () => {
    const training = trainer({
      model: () => {
        const [a, b] = [tfl.input({ shape: [1], name: 'a' }), tfl.input({ shape: [1], name: 'b' })];
        return tfl.model({
          inputs: [a, b],
          outputs: tfl.layers
            .add()
            .apply([
              a,
              tfl.layers.dense({ units: 1, kernelInitializer: 'ones' }).apply(b) as tfl.SymbolicTensor,
            ]) as tfl.SymbolicTensor,
        });
      },
    });
    const b = tf.tensor2d([[10], [20]]);
    const predicted = (await training.predict({ a: [[1], [2]], b })) as tf.Tensor;
    expect([...(await predicted.data())]).toEqual([11, 22]);
    expect((await training.evaluate({ inputs: { a: [[1], [2]], b }, targets: [[11], [22]] }))['loss']).toBe(
      0,
    );
    training.dispose();
    tf.dispose([b, predicted]);
  });

  it('an endless dataset goes on from epoch to epoch where it says how many batches are one', async () => {
    const seen: number[] = [];
    let next = 0;
    const endless = {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          await Promise.resolve();
          seen.push(next);
          yield { xs: tf.fill([1, 2], next++), ys: tf.zeros([1, 1]) };
        }
      },
    };
    const training = trainer({ optimizer: sgd({ learningRate: 1e-6 }) });
    const before = tf.memory().numTensors;
    await training.fit(tfDataset(endless, { batchesPerEpoch: 3 }), { epochs: 2 });
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    training.dispose();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2);
  });

  it('tensors that were there before the dataset, or are kept, stay', async () => {
    const training = trainer();
    await training.open();
    const own = [tf.tensor2d(inputs.slice(0, 2)), tf.tensor2d(targets.slice(0, 2))];
    const kept: tf.Tensor[] = [];
    const data = {
      size: 1,
      async *[Symbol.asyncIterator]() {
        await Promise.resolve();
        kept.push(tf.keep(tf.tensor2d(targets.slice(0, 2))));
        yield { xs: own[0], ys: kept.at(-1) };
      },
    };
    await training.fit(data as unknown as Data, { epochs: 2 });
    expect([...own, ...kept].map(({ isDisposed }) => isDisposed)).toEqual([false, false, false, false]);
    training.dispose();
    tf.dispose([...own, ...kept]);
  });

  it('examples may have weights, also those of tf.data', async () => {
    const training = trainer();
    const weights = [0, 0, 1, 1, 0];
    const wanted = (await training.evaluate({ inputs: inputs.slice(2, 4), targets: targets.slice(2, 4) }))[
      'loss'
    ]!;
    const data = tfd
      .zip({ xs: tfd.array(inputs), ys: tfd.array(targets), weights: tfd.array(weights) })
      .batch(2) as unknown as Data;
    for (const weighted of [{ inputs, targets, weights, batchSize: 2 }, data]) {
      expect((await training.evaluate(weighted))['loss']).toBeCloseTo(wanted, 5);
    }
    training.dispose();
  });

  it('a tensor may be given again by the next element, and tf.data may hold tensors of yours', async () => {
    const training = trainer({ optimizer: sgd({ learningRate: 1e-6 }) });
    await training.open();
    const chain = tfd.generator(function* () {
      let last = tf.ones([1, 2]);
      for (let index = 0; index < 4; index++) {
        const next = tf.fill([1, 2], index);
        yield { xs: last, ys: tf.ones([1, 1]) };
        yield { xs: last, ys: tf.ones([1, 1]) };
        last = next;
      }
    });
    const source = tfDataset(chain as never, { batchesPerEpoch: 8 });
    const history = await training.fit(source, { epochs: 1, validation: source });
    // Inputs of 1, 0, 1 and 2, twice each: outputs of 2, 0, 2 and 4 where 1 is wanted.
    expect(history.epochs[0]!['loss']).toBeCloseTo((1 + 1 + 1 + 9) / 4, 2);
    expect(history.epochs[0]!['validation_loss']).toBeCloseTo((1 + 1 + 1 + 9) / 4, 2);
    const own = inputs.map((row) => tf.tensor2d([row]));
    const data = tfd.zip({ xs: tfd.array(own), ys: tfd.array(targets.map((row) => tf.tensor2d([row]))) });
    await training.fit(data as unknown as Data, { epochs: 3 });
    expect(own.some(({ isDisposed }) => isDisposed)).toBe(false);
    training.dispose();
  });

  it('a run that stops early frees the batch that was asked for in advance', async () => {
    const training = trainer({
      plugins: [{ name: 'stop', onStepEnd: ({ run }) => run.stop('enough') }],
    });
    const batches = (): Data =>
      tfd.zip({ xs: tfd.array(inputs), ys: tfd.array(targets) }).batch(1) as unknown as Data;
    await training.fit(batches(), { epochs: 1 });
    const before = tf.memory().numTensors;
    await training.fit(batches(), { epochs: 1 });
    expect(tf.memory().numTensors).toBe(before);
    training.dispose();
  });
});

describe('data that cannot be right', () => {
  const training = createTrainer({
    device: 'cpu',
    optimizer: sgd(),
    loss: meanSquaredError(),
    log: () => undefined,
    model: () => tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [2] })] }),
  });
  const options: FitOptions = { epochs: 1 };
  const never = { size: null, iterator: () => Promise.reject(new Error('unused')) };

  it.each<readonly [string, () => unknown, string]>([
    [
      'a dataset that does not know its size',
      () => training.fit(never, options),
      '[fit] data must say how many batches it has, but its size is null. Set the number: tfDataset(dataset, ' +
        '{ batchesPerEpoch: 100 }). (OPTION_INVALID)',
    ],
    [
      'an endless dataset',
      () => training.evaluate({ ...never, size: Infinity }),
      '[evaluate] data must say how many batches it has, but its size is Infinity.',
    ],
    [
      'an empty dataset',
      () => training.fit({ ...never, size: 0 }, options),
      '[fit] data must have at least one batch, got none.',
    ],
    [
      'a typed array without a shape',
      () => training.fit(new Float32Array(4) as unknown as NamedValues, targets, options),
      '[fit] inputs is a Float32Array without a shape. Write inputs as { values, shape: [examples, …] }.',
    ],
    [
      'the same in predict',
      () => training.predict(new Float32Array(4) as unknown as NamedValues),
      '[predict] inputs is a Float32Array without a shape.',
    ],
    [
      'rows of different lengths',
      () => training.predict([[1, 2], [3]]),
      '[predict] inputs[1] must be an array of 2 entries, as in the first row, got [3].',
    ],
    [
      'a hole in a row',

      () => training.predict([[1, 2], [, 1] as unknown as number[]]),
      '[predict] inputs[1][0] must be a number, as in the first row, got undefined.',
    ],
    [
      'a row that is missing',
      () => training.predict(Object.assign(new Array<number[]>(2), { 0: [1, 2] })),
      '[predict] inputs[1] must be an array of 2 entries, as in the first row, got undefined.',
    ],
    [
      'inputs of another shape than the model has',
      () => training.predict([[1, 2, 3]]),
      'must have shape [batch, 2], got shape [1, 3].',
    ],
    [
      'a tensor that is there no more',
      () => {
        const gone = tf.ones([1, 2]);
        gone.dispose();
        return training.predict(gone);
      },
      '[predict] inputs is a tensor that was already disposed.',
    ],
    [
      'a size below 0',
      () => training.fit({ ...never, size: -1 }, options),
      '[fit] data must say how many batches it has, but its size is -1.',
    ],
    [
      'another number of targets',
      () => training.fit(inputs, [[1]], options),
      '[fit] inputs holds 5 examples, but targets holds 1.',
    ],
    [
      'no example',
      () => training.fit({ inputs: [], targets: [] }, options),
      '[fit] inputs must hold at least one example, got none.',
    ],
    [
      'a misspelt option',
      () => training.fit({ inputs, targets, batchsize: 2 } as unknown as Data, options),
      '[fit] has no option batchsize.',
    ],
    [
      'batchSize beside a dataset',
      () => training.fit({ ...never, size: 1 }, { ...options, batchSize: 2 } as FitOptions),
      '[fit] has no option batchSize.',
    ],
    ['a string', () => training.fit('data' as unknown as Data, options), '[fit] data must be a dataset'],
    [
      'elements without targets',
      () => training.fit(once({ xs: [[1, 2]] }), options),
      '[fit] an element of the dataset must be { xs, ys }, but it has no ys.',
    ],
    [
      'elements with a part that nobody reads',
      () => training.fit(once({ xs: [[1, 2]], ys: [[1]], sampleWeight: [1] }), options),
      '[fit] an element of the dataset has the unknown field sampleWeight.',
    ],
    [
      'elements that are not batched',
      () => training.fit(once({ xs: tf.scalar(1), ys: tf.scalar(1) }), options),
      '[fit] inputs of an element of the dataset must be a batch, got a single number. Batch the dataset: dataset.batch(32).',
    ],
    [
      'strings',
      () => training.fit({ inputs: tf.tensor2d([['a', 'b']]), targets: [[1]] }, options),
      '[fit] inputs must be float32, int32 or bool, got a tensor of string.',
    ],
  ])('%s', async (_, call, message) => {
    await expect((async () => call())()).rejects.toThrow(message);
  });

  function once(element: unknown): Data {
    return {
      size: 1,
      async *[Symbol.asyncIterator]() {
        await Promise.resolve();
        yield element;
      },
    } as unknown as Data;
  }
});
