import type * as tf from '@tensorflow/tfjs-core';
import type { BatchSource, Snapshot, Trainer, TrainerOptions } from '@cantrip/trainer';
import { accuracy, meanSquaredError, topK } from '@cantrip/trainer';
import { tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

type Bad = readonly [what: string, act: () => unknown, message: RegExp];

const create = (options: object): Trainer => tinyTrainer([], options as Partial<TrainerOptions>);
const fit = (
  data: unknown,
  options: object = { epochs: 1 },
  trainer: Trainer = tinyTrainer(),
): Promise<unknown> => trainer.fit(data as BatchSource, options as { epochs: number });
const batchOf = (inputs: unknown, targets: unknown): unknown => ({
  stepsPerEpoch: 1,
  batches: () => [{ inputs, targets, size: 2 }],
});
const images = { values: new Float32Array(72), shape: [2, 6, 6, 1] };
const labels = (...values: number[]): unknown => ({
  values: Int32Array.from(values),
  shape: [values.length],
});

const options: readonly Bad[] = [
  ['an unknown option', () => create({ lr: 1 }), /has no option lr.*OPTION_INVALID/],
  [
    'an unknown device',
    () => create({ device: 'tpu' }),
    /device must be a device or the name of one, got "tpu".*Use one of auto, cuda.*DEVICE_UNKNOWN/,
  ],
  ['a model that is no model', () => create({ model: 5 }), /model must be a function.*got 5.*MODEL_INVALID/],
  [
    'an optimizer by name',
    () => create({ optimizer: 'sgd' }),
    /optimizer must be one of.*got "sgd".*OPTION_INVALID/,
  ],
  [
    'an optimizer function that gives none',
    () => create({ optimizer: () => 5 }).open(),
    /optimizer must be one of.*got 5.*OPTION_INVALID/,
  ],
  ['a loss by name', () => create({ loss: 'mse' }), /loss must be.*OPTION_INVALID/],
  ['a loss record with a stranger', () => create({ loss: { a: 5 } }), /loss must be.*got 5.*OPTION_INVALID/],
  [
    'a metric by name',
    () => create({ metrics: ['accuracy'] }),
    /metrics must contain metrics.*"accuracy".*OPTION_INVALID/,
  ],
  [
    'checkLossEvery 0',
    () => create({ checkLossEvery: 0 }),
    /checkLossEvery must be >= 1, got 0.*OPTION_INVALID/,
  ],
  [
    'handleInterrupt 1',
    () => create({ handleInterrupt: 1 }),
    /handleInterrupt must be.*got 1.*OPTION_INVALID/,
  ],
  ['a log that is no function', () => create({ log: 'stderr' }), /log must be.*got "stderr".*OPTION_INVALID/],
  ['top k of 0', () => topK({ k: 0 }), /k must be >= 1, got 0.*OPTION_INVALID/],
  [
    'an ignored index of 1.5',
    () => accuracy({ ignoreIndex: 1.5 }),
    /\[accuracy\] ignoreIndex must be an integer.*OPTION_INVALID/,
  ],
  ['top k of 1.5', () => topK({ k: 1.5 }), /k must be an integer.*got 1.5.*OPTION_INVALID/],
];

const data: readonly Bad[] = [
  ['no epochs', () => fit(tinyData(), {}), /\[fit\] epochs is missing.*OPTION_INVALID/],
  ['steps 0', () => fit(tinyData(), { steps: 0 }), /\[fit\] steps must be >= 1, got 0.*OPTION_INVALID/],
  ['epochs 0', () => fit(tinyData(), { epochs: 0 }), /epochs must be >= 1, got 0.*OPTION_INVALID/],
  ['epochs 1.5', () => fit(tinyData(), { epochs: 1.5 }), /epochs must be an integer.*OPTION_INVALID/],
  ['no data', () => fit(undefined), /data must be a dataset.*got undefined.*OPTION_INVALID/],
  ['an array for data', () => fit([1, 2]), /data must be a dataset.*OPTION_INVALID/],
  [
    'validation that is no dataset',
    () => fit(tinyData(), { epochs: 1, validation: 0.2 }),
    /validation must be a dataset.*got 0.2.*OPTION_INVALID/,
  ],
  [
    'an empty dataset',
    () => fit({ batchesPerEpoch: 0, batches: () => [] }),
    /at least one batch in an epoch, got 0.*DATA_EMPTY/,
  ],
  [
    'a dataset that yields nothing',
    () => fit({ stepsPerEpoch: 1, batches: () => [] }),
    /batches in an epoch, but gave none.*DATA_EMPTY/,
  ],
  [
    'an empty batch',
    () => fit(batchOf({ values: new Float32Array(0), shape: [0, 6, 6, 1] }, labels())),
    /at least one example, got none.*DATA_EMPTY/,
  ],
  [
    'a batch that is no batch',
    () => fit({ stepsPerEpoch: 1, batches: () => [5] }),
    /batch must be.*got 5.*OPTION_INVALID/,
  ],
  [
    'images of the wrong size',
    () => fit(batchOf({ values: new Float32Array(98), shape: [2, 7, 7, 1] }, labels(0, 1))),
    /must have shape \[batch, 6, 6, 1\], got shape \[2, 7, 7, 1\].*SHAPE_MISMATCH/,
  ],
  [
    'images of the wrong size in the second batch',
    () =>
      fit({
        stepsPerEpoch: 2,
        batches: () => [
          { inputs: images, targets: labels(0, 1) },
          { inputs: { values: new Float32Array(98), shape: [2, 7, 7, 1] }, targets: labels(0, 1) },
        ],
      }),
    /must have shape \[batch, 6, 6, 1\], got shape \[2, 7, 7, 1\].*SHAPE_MISMATCH/,
  ],
  [
    'values that do not fill their shape',
    () => fit(batchOf({ values: new Float32Array(71), shape: [2, 6, 6, 1] }, labels(0, 1))),
    /SHAPE_MISMATCH/,
  ],
  [
    'more labels than images',
    () => fit(batchOf(images, labels(0, 1, 2))),
    /has 2 examples in its inputs, but targets has shape \[3\].*SHAPE_MISMATCH/,
  ],
  [
    'more examples than rows',
    () => fit({ stepsPerEpoch: 1, batches: () => [{ inputs: images, targets: labels(0, 1), size: 3 }] }),
    /size of a batch must be an integer from 1 to its number of rows, 2, got 3.*SHAPE_MISMATCH/,
  ],
  [
    'labels that are floats',
    () => fit(batchOf(images, { values: Float32Array.of(0, 1), shape: [2] })),
    /must be int32, got float32.*DTYPE_MISMATCH/,
  ],
  [
    'one-hot labels of another width',
    () => fit(batchOf(images, { values: new Float32Array(8), shape: [2, 4] })),
    /targets of shape \[2, 4\] do not match outputs of shape \[-1, 3\].*SHAPE_MISMATCH/,
  ],
  [
    'a label of K',
    () => fit(batchOf(images, labels(0, 3))),
    /target 1 of the batch is class 3, but the model has 3 classes.*LABEL_OUT_OF_RANGE/,
  ],
  [
    'a negative label',
    () => fit(batchOf(images, labels(-1, 0))),
    /target 0 of the batch is class -1.*LABEL_OUT_OF_RANGE/,
  ],
  [
    'an output that does not fit the targets',
    () =>
      fit(
        batchOf(images, { values: Float32Array.of(1, 2), shape: [2] }),
        { epochs: 1 },
        create({ loss: meanSquaredError(), metrics: [] }),
      ),
    /targets of shape \[2\] do not match outputs of shape \[-1, 3\].*SHAPE_MISMATCH/,
  ],
  [
    'targets by name for a model with one output of another name',
    () => fit(batchOf(images, { a: labels(0, 1), b: labels(0, 1) })),
    /several outputs.*SHAPE_MISMATCH/,
  ],
  [
    'a loss for an output that is not there',
    () =>
      fit(
        tinyData(),
        { epochs: 1 },
        create({ loss: { x: meanSquaredError(), y: meanSquaredError() }, metrics: [] }),
      ),
    /SHAPE_MISMATCH/,
  ],
  [
    'a loss that is no scalar',
    () =>
      fit(
        tinyData(),
        { epochs: 1 },
        create({ loss: (_: tf.Tensor, outputs: tf.Tensor) => outputs, metrics: [] }),
      ),
    /the loss must be a scalar, got shape \[8, 3\].*SHAPE_MISMATCH/,
  ],
];

const models: readonly Bad[] = [
  ['a model() that gives a number', () => create({ model: () => 5 }).open(), /got 5.*MODEL_INVALID/],
  [
    'a model without variables',
    () => create({ model: () => (x: unknown) => x }).open(),
    /at least one variable.*MODEL_INVALID/,
  ],
];

const states: readonly Bad[] = [
  [
    'use after dispose',
    () => disposed().fit(tinyData(), { epochs: 1 }),
    /used after dispose.*TRAINER_DISPOSED/,
  ],
  [
    'two things at once',
    () => {
      const trainer = tinyTrainer();
      return Promise.all([trainer.fit(tinyData(), { epochs: 1 }), trainer.fit(tinyData(), { epochs: 1 })]);
    },
    /fit was called while fit is running.*TRAINER_BUSY/,
  ],
  ['a snapshot of another seed', () => restoreChanged({ seed: 99 }), /saved with seed 99.*STATE_MISMATCH/],
  [
    'a snapshot that lacks a variable',
    () => restoreChanged({ variables: {} }),
    /has no conv2d_1\/kernel of model.*STATE_MISMATCH/,
  ],
  [
    'a snapshot without a plugin',
    () => restoreChanged({ plugins: {} }),
    /no state of the plugin tiny-seed.*STATE_MISMATCH/,
  ],
];

describe('bad input is one clear sentence:', () => {
  it.each([...options, ...data, ...models, ...states])('%s', async (_, act, message) => {
    await expect(new Promise((resolve) => resolve(act()))).rejects.toThrow(message);
  });

  it('leaves weights as they were when the data does not fit', async () => {
    const trainer = tinyTrainer();
    const before = await trainer.save();
    await expect(fit(batchOf(images, labels(0, 7)), { epochs: 1 }, trainer)).rejects.toThrow(
      /LABEL_OUT_OF_RANGE/,
    );
    expect((await trainer.save()).variables).toEqual(before.variables);
  });
});

function disposed(): Trainer {
  const trainer = tinyTrainer();
  trainer.dispose();
  return trainer;
}

async function restoreChanged(change: Partial<Snapshot>): Promise<void> {
  const trainer = tinyTrainer();
  await trainer.restore({ ...(await trainer.save()), ...change });
}
