import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint } from '@cantrip/checkpoint';
import { arrayDataset, bucketedDataset, randomCrop, take } from '@cantrip/data';
import { accumulateGradients, adam, adamw, rmsprop, sgd } from '@cantrip/optimizers';
import { bagOfTricks } from '@cantrip/recipes';
import { seed } from '@cantrip/seed';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { presentWays } from '@cantrip/testing';
import {
  accuracy,
  type AnyPlugin,
  binaryAccuracy,
  createTrainer,
  type Data,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  tfDataset,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { data as tfData } from '@tensorflow/tfjs';
import {
  initializers,
  input,
  layers,
  type LayersModel,
  model,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { residualModel } from '../../combinations/residual-model.ts';

type Setup = Pick<TrainerOptions, 'model' | 'optimizer' | 'loss'> &
  Partial<TrainerOptions> & {
    readonly data: () => Data;
    readonly validation?: () => Data;
    readonly epochs?: number;
  };

const EXAMPLES = 22;
const rows = Array.from({ length: EXAMPLES }, (_, i) => [i % 3, (i % 5) / 5, Math.sin(i)]);
const classes = rows.map(([first]) => first!);
const inputs = { values: Float32Array.from(rows.flat()), shape: [EXAMPLES, 3] };

const labels = (values: readonly number[]) => ({ values: Int32Array.from(values), shape: [values.length] });

const mlp = (): LayersModel =>
  sequential({
    layers: [
      layers.dense({ units: 5, activation: 'relu', inputShape: [3] }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 3 }),
    ],
  });
const inMemory = () => ({ inputs: rows, targets: classes, batchSize: 4 });
const shuffled = () => arrayDataset({ inputs, targets: labels(classes), batchSize: 4, shuffle: true });
const images = () =>
  arrayDataset({
    inputs: {
      values: new Uint8Array(EXAMPLES * 36).map((_, i) => (i * 37) % 256),
      shape: [EXAMPLES, 6, 6, 1],
    },
    targets: labels(classes),
    batchSize: 4,
    shuffle: true,
    augment: [randomCrop({ padding: 1 })],
  });
const classified = {
  model: mlp,
  optimizer: adam({ learningRate: 0.02 }),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
};

function twoOutputs(): LayersModel {
  const x = input({ shape: [3] });
  const shared = layers.dense({ units: 4, activation: 'tanh' }).apply(x) as SymbolicTensor;
  const digit = layers.dense({ units: 3, name: 'digit' }).apply(shared) as SymbolicTensor;
  const size = layers.dense({ units: 1, name: 'size' }).apply(shared) as SymbolicTensor;
  return model({ inputs: x, outputs: [digit, size] });
}

const batchesOf = (): Data => ({
  batchesPerEpoch: 5,
  *batches({ start }) {
    for (let i = start; i < 5; i++)
      yield {
        inputs: { values: Float32Array.from({ length: 12 }, (_, at) => Math.sin(i + at)), shape: [4, 3] },
        targets: labels([0, 1, 2, i % 3]),
        size: 4,
      };
  },
});

const sentences = (): Data =>
  bucketedDataset({
    inputs: rows.map((_, i) => ({
      values: Float32Array.from({ length: 3 * (1 + (i % 5)) }, (__, at) => Math.cos(i * at)),
      shape: [1 + (i % 5), 3],
    })),
    targets: labels(classes),
    buckets: [2, 5],
    batchSize: 4,
    shuffle: true,
  });

const recurrent = (stateful: boolean): LayersModel =>
  sequential({
    layers: [
      layers.lstm({
        units: 3,
        ...(stateful ? { batchInputShape: [2, 3, 1], stateful } : { inputShape: [null, 3] }),
      }),
      layers.dense({ units: 3 }),
    ],
  });

type Labelled = { readonly xs: tf.Tensor; readonly ys: tf.Tensor };
const withClasses = ({ xs, ys }: Labelled): tf.TensorContainer => ({ xs, ys: tf.cast(ys, 'int32') });

/** A layer of one's own. */
class Scale extends layers.Layer {
  static className = 'ScaleOfResumedRuns';
  private factor!: ReturnType<layers.Layer['addWeight']>;
  override build(): void {
    this.factor = this.addWeight('factor', [1], 'float32', initializers.ones());
  }
  override call(given: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(Array.isArray(given) ? given[0]! : given, this.factor.read());
  }
}

const setups: Readonly<Record<string, Setup>> = {
  'plain arrays': { ...classified, data: inMemory },
  'a shuffled dataset': { ...classified, data: shuffled },
  'a dataset of which only some examples are taken': { ...classified, data: () => take(shuffled(), 13) },
  'a generator of batches': { ...classified, data: batchesOf },
  'tf.data': {
    ...classified,
    data: () =>
      tfDataset(
        tfData
          .zip({ xs: tfData.array(rows), ys: tfData.array(classes) })
          .shuffle(8, 'seed', false)
          .batch(4)
          .map((batch) => withClasses(batch as Labelled)),
      ),
  },
  'augmented images and a recipe': {
    model: residualModel,
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    loss: softmaxCrossEntropy(),
    plugins: [bagOfTricks({ learningRate: 0.1 })],
    data: images,
    validation: images,
    epochs: 7,
  },
  'buckets of lengths': { ...classified, model: () => recurrent(false), data: sentences },
  'an incomplete group of accumulated batches': {
    ...classified,
    optimizer: accumulateGradients(sgd({ learningRate: 0.1, momentum: 0.9 }), { steps: 4 }),
    data: shuffled,
    validation: inMemory,
  },
  'two outputs, each with its loss, metric and smoothing': {
    model: twoOutputs,
    optimizer: rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true }),
    loss: { digit: softmaxCrossEntropy(), size: meanSquaredError() },
    lossWeights: { digit: 2, size: 0.5 },
    metrics: { digit: [accuracy()] },
    plugins: [labelSmoothing({ smoothing: 0.1, output: 'digit', instance: 'digit' })],
    data: () => ({
      inputs: rows,
      targets: { digit: classes, size: rows.map(([, size]) => [size!]) },
      batchSize: 4,
    }),
  },
  'a stateful recurrent layer': {
    ...classified,
    model: () => recurrent(true),
    capture: false,
    data: () => ({ inputs: rows.map((row) => row.map((x) => [x])), targets: classes, batchSize: 2 }),
  },
  'a layer of my own, and a function around a variable': {
    ...classified,
    model: () =>
      sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), new Scale({ name: 'mine' })] }),
    data: shuffled,
  },
  'a model that is a function': {
    model: () => {
      kernel?.dispose();
      const own = (kernel = tf.variable(tf.ones([3, 1]), true, 'kernel'));
      return (given) => tf.matMul(given as tf.Tensor2D, own as unknown as tf.Tensor2D);
    },
    optimizer: adamw({ learningRate: 0.05, weightDecay: 0.1 }),
    loss: sigmoidCrossEntropy(),
    metrics: [binaryAccuracy()],
    data: () => ({ inputs: rows, targets: classes.map((one) => [one > 0 ? 1 : 0]), batchSize: 4 }),
  },
  "TensorFlow.js's own optimizer": {
    ...classified,
    optimizer: () => tf.train.adamax(0.02),
    data: shuffled,
  },
  'two validations': {
    ...classified,
    data: shuffled,
    validation: () => ({ one: inMemory(), other: inMemory() }) as unknown as Data,
  },
};

let kernel: tf.Variable | undefined;

const ways = (await presentWays()).filter(({ name }) => /cpu|captured/.test(name));

describe.each(ways)('$name', ({ options: way }) => {
  describe.each(Object.entries(setups))(
    'a run with %s',
    (_, { data, validation, epochs: wanted = 3, ...options }) => {
      async function train(folder: string, stopAt: number | undefined) {
        const stopping: AnyPlugin = {
          name: 'stopping',
          onStepEnd: ({ run, step }) => (step === stopAt ? run.stop('enough') : undefined),
        };
        const trainer = createTrainer({
          ...way,
          log: () => undefined,
          handleInterrupt: false,
          ...options,
          plugins: [
            seed({ value: 3 }),
            ...(options.plugins ?? []),
            checkpoint({ folder, every: 100 }),
            stopping,
          ],
        });
        try {
          const { earlier, epochs } = await trainer.fit(data(), {
            epochs: wanted,
            resume: 'auto',
            ...(validation && { validation: validation() }),
          });
          const { step } = trainer.position();
          return { step, history: [...earlier, ...epochs], snapshot: await trainer.save() };
        } finally {
          trainer.dispose();
        }
      }

      it('ends with the same bits when it is stopped after any of three steps and goes on', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'cantrip-resumed-'));
        try {
          const whole = await train(join(folder, 'whole'), undefined);
          for (const stopAt of [1, Math.ceil(whole.step / 2), whole.step - 1]) {
            const path = join(folder, String(stopAt));
            const first = await train(path, stopAt);
            expect(first.step).toBe(stopAt);
            expect(await train(path, undefined), `stopped after ${stopAt}`).toEqual(whole);
          }
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    },
  );
});

it('a dataset with another order at each start is refused in the middle of an epoch', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-resumed-'));
  const unseeded = (): Data =>
    tfDataset(
      tfData
        .zip({ xs: tfData.array(rows), ys: tfData.array(classes) })
        .shuffle(22)
        .batch(4)
        .map((batch) => withClasses(batch as Labelled)),
    );
  const train = async (stopAt: number) => {
    const stopping: AnyPlugin = {
      name: 'stopping',
      onStepEnd: ({ run, step }) => (step === stopAt ? run.stop('enough') : undefined),
    };
    const trainer = createTrainer({
      ...classified,
      device: 'cpu',
      log: () => undefined,
      plugins: [checkpoint({ folder }), stopping],
    });
    try {
      await trainer.fit(unseeded(), { epochs: 2, resume: 'auto' });
    } finally {
      trainer.dispose();
    }
  };
  try {
    await train(3);
    await expect(train(9)).rejects.toThrow(
      /3 batches of this epoch were trained on data with a first batch whose fingerprint is .*STATE_MISMATCH/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
