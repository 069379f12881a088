import { openDevice } from '@cantrip/core-tensor-gpu';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { expectClose, presentWays, type Way } from '@cantrip/testing';
import {
  type AnyPlugin,
  createTrainer,
  softmaxCrossEntropy,
  type Tensors,
  type Trainer,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, type LayersModel, model as functional, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { distillation, distillationLoss, type DistillationOptions } from '../src/index.ts';

const ways = await presentWays();
const tolerance = { relative: 1e-5, absolute: 1e-6 };
const x = [
  [1, 0],
  [0, 1],
  [1, 1],
];
const y = [0, 1, 1];
const batch = {
  inputs: { values: Float32Array.from(x.flat()), shape: [3, 2] },
  targets: { values: Int32Array.from(y), shape: [3] },
  size: 3,
};
const data = { batchesPerEpoch: 1, batches: () => [batch] };

function layered(kernel: number[][], activation: 'linear' | 'softmax' = 'linear'): LayersModel {
  const dense = layers.dense({ units: 2, useBias: false, activation, inputShape: [2] });
  const model = sequential({ layers: [dense] });
  model.setWeights([tf.tensor2d(kernel)]);
  return model;
}

const studentKernel = [
  [0.1, 0.3],
  [-0.2, 0.4],
];
const teacherKernel = [
  [2, -1],
  [-1, 3],
];

function trainerOf(way: Way, plugins: readonly AnyPlugin[]): Trainer {
  return createTrainer({
    ...way.options,
    model: () => layered(studentKernel),
    optimizer: sgd({ learningRate: 0.5 }),
    loss: softmaxCrossEntropy(),
    plugins,
    handleInterrupt: false,
    log: () => undefined,
  });
}

/** The loss of the first step and the weights after it, in a plain loop of TensorFlow.js. */
function plainStep({ alpha = 0.5, ...options }: Partial<DistillationOptions>): {
  loss: number;
  kernel: number[];
} {
  return tf.tidy(() => {
    const kernel = tf.variable(tf.tensor2d(studentKernel));
    const inputs = tf.tensor2d(x);
    const teacher = tf.matMul(inputs, tf.tensor2d(teacherKernel));
    const { value, grads } = tf.variableGrads(() => {
      const student = tf.matMul(inputs, kernel) as tf.Tensor2D;
      const own = tf.losses.softmaxCrossEntropy(tf.oneHot(tf.tensor1d(y, 'int32'), 2), student) as tf.Scalar;
      const { kind, temperature } = options;
      const distilled = distillationLoss(student, teacher, { kind, temperature });
      return tf.add(tf.mul(own, 1 - alpha), tf.mul(distilled, alpha)) as tf.Scalar;
    }, [kernel]);
    const after = tf.sub(kernel, tf.mul(grads[kernel.name]!, 0.5));
    kernel.dispose();
    return { loss: value.arraySync(), kernel: Array.from(after.dataSync()) };
  });
}

async function firstStep(trainer: Trainer): Promise<{ loss: number; kernel: number[] }> {
  const history = await trainer.fit(data, { epochs: 1 });
  const { run } = await trainer.open();
  const [kernel] = Object.values(run.variables);
  return { loss: history.epochs[0]!['loss']!, kernel: Array.from(kernel!.dataSync()) };
}

describe.each(ways)('distillation, $name,', (way) => {
  const open = (): Promise<unknown> => openDevice(way.options.device);
  const run = async (options: Partial<DistillationOptions>): Promise<ReturnType<typeof firstStep>> => {
    await open();
    const teacher = options.teacher ?? layered(teacherKernel);
    const trainer = trainerOf(way, [distillation({ ...options, teacher })]);
    try {
      return await firstStep(trainer);
    } finally {
      trainer.dispose();
    }
  };

  it.each([{}, { alpha: 0.9, temperature: 2 }, { kind: 'hard' as const }, { alpha: 1 }])(
    'takes the step of a plain loop: %o',
    async (options) => {
      const [got, expected] = [await run(options), plainStep(options)];
      expectClose(tf.tensor1d([got.loss]), [expected.loss], tolerance);
      expectClose(tf.tensor1d(got.kernel), expected.kernel, tolerance);
    },
  );

  it('takes a function as teacher', async () => {
    const teacher = (inputs: Tensors): tf.Tensor =>
      tf.matMul(inputs as tf.Tensor2D, tf.tensor2d(teacherKernel));
    expect(await run({ teacher })).toEqual(await run({}));
  });

  it('gives the same from a teacher that ends in softmax, and says so', async () => {
    await open();
    const teacher = layered(teacherKernel, 'softmax');
    const got = await run({ teacher, teacherGives: 'probabilities' });
    expectClose(tf.tensor1d(got.kernel), (await run({})).kernel, tolerance);
  });

  it('leaves the teacher as it was, which works on after dispose', async () => {
    await open();
    const teacher = layered(teacherKernel);
    await run({ teacher });
    expect(teacher.getWeights()[0]!.arraySync()).toEqual(teacherKernel);
    expect(teacher.trainableWeights).toHaveLength(1);
    expect((teacher.predict(tf.ones([1, 2])) as tf.Tensor).arraySync()).toEqual([[1, 2]]);
  });

  it('runs the teacher as for predictions: no dropout, and its statistics stay', async () => {
    await open();
    const teacher = sequential({
      layers: [
        layers.batchNormalization({ inputShape: [2] }),
        layers.dropout({ rate: 0.9 }),
        layers.dense({ units: 2, useBias: false }),
      ],
    });
    const mean = tf.tensor1d([0.5, 1]);
    teacher.setWeights([tf.ones([2]), tf.zeros([2]), tf.tensor2d(teacherKernel), mean, tf.ones([2])]);
    const weights = teacher.getWeights().map((weight) => weight.arraySync());
    const predicted = (inputs: Tensors): tf.Tensor =>
      tf.matMul(
        tf.mul(tf.sub(inputs as tf.Tensor2D, mean), 1 / Math.sqrt(1.001)),
        tf.tensor2d(teacherKernel),
      );
    const [got, expected] = [await run({ teacher }), await run({ teacher: predicted })];
    expectClose(tf.tensor1d(got.kernel), expected.kernel, tolerance);
    expect(teacher.getWeights().map((weight) => weight.arraySync())).toEqual(weights);
  });

  it('keeps the teacher out of snapshots and out of what is trained', async () => {
    await open();
    const trainer = trainerOf(way, [distillation({ teacher: layered(teacherKernel) })]);
    await trainer.fit(data, { epochs: 1 });
    const [{ run }, snapshot] = [await trainer.open(), await trainer.save()];
    trainer.dispose();
    expect(Object.keys(run.variables)).toHaveLength(1);
    expect(Object.keys(snapshot.variables)).toEqual(Object.keys(run.variables));
    expect(Object.values(snapshot.plugins).flatMap(({ variables }) => Object.keys(variables))).toEqual([]);
  });

  it('takes a teacher that was made on another device', async () => {
    await openDevice('cpu');
    const teacher = layered(teacherKernel);
    expectClose(tf.tensor1d((await run({ teacher })).kernel), plainStep({}).kernel, tolerance);
  });

  it('weighs micro-batches of unequal size as one batch', async () => {
    await open();
    const part = (from: number, to: number): typeof batch => ({
      inputs: { values: batch.inputs.values.slice(2 * from, 2 * to), shape: [to - from, 2] },
      targets: { values: batch.targets.values.slice(from, to), shape: [to - from] },
      size: to - from,
    });
    const trainer = createTrainer({
      ...way.options,
      model: () => layered(studentKernel),
      optimizer: accumulateGradients(sgd({ learningRate: 0.5 }), { steps: 2 }),
      loss: softmaxCrossEntropy(),
      plugins: [distillation({ teacher: layered(teacherKernel) })],
      handleInterrupt: false,
      log: () => undefined,
    });
    const parts = { batchesPerEpoch: 2, batches: () => [part(0, 2), part(2, 3)] };
    await trainer.fit(parts, { epochs: 1 });
    const { run: live } = await trainer.open();
    const kernel = Array.from(Object.values(live.variables)[0]!.dataSync());
    trainer.dispose();
    expectClose(tf.tensor1d(kernel), plainStep({}).kernel, tolerance);
  });

  it('uses the weights that the teacher has at each step', async () => {
    await open();
    const teacher = layered([
      [0, 0],
      [0, 0],
    ]);
    const trainer = trainerOf(way, [
      distillation({ teacher, alpha: 1 }),
      { name: 'reset', onEpochEnd: () => teacher.setWeights([tf.tensor2d(teacherKernel)]) },
    ]);
    const history = await trainer.fit({ ...data }, { epochs: 2 });
    trainer.dispose();
    expect(history.epochs[1]!['loss']! / history.epochs[0]!['loss']!).toBeGreaterThan(2);
  });

  it('is not part of validation', async () => {
    await open();
    const plain = trainerOf(way, []);
    const distilled = trainerOf(way, [distillation({ teacher: layered(teacherKernel) })]);
    expect(await distilled.evaluate(data)).toEqual(await plain.evaluate(data));
    plain.dispose();
    distilled.dispose();
  });

  it('teaches one output of several', async () => {
    await open();
    const entry = input({ shape: [2] });
    const heads = ['digit', 'colour'].map(
      (name) =>
        layers.dense({ name, units: 2, useBias: false, kernelInitializer: 'zeros' }).apply(entry) as never,
    );
    const trainer = createTrainer({
      ...way.options,
      model: functional({ inputs: entry, outputs: heads }),
      optimizer: sgd({ learningRate: 0.5 }),
      loss: { digit: softmaxCrossEntropy(), colour: softmaxCrossEntropy() },
      plugins: [distillation({ teacher: layered(teacherKernel), alpha: 1, output: 'digit' })],
      handleInterrupt: false,
      log: () => undefined,
    });
    const targets = { digit: batch.targets, colour: batch.targets };
    await trainer.fit({ batchesPerEpoch: 1, batches: () => [{ ...batch, targets }] }, { epochs: 1 });
    const { run } = await trainer.open();
    const moved = Object.entries(run.variables).map(
      ([name, variable]) => [name.split('/')[0], variable.dataSync().some((value) => value !== 0)] as const,
    );
    trainer.dispose();
    expect(Object.fromEntries(moved)).toEqual({ digit: true, colour: false });
  });
});

describe('distillation refuses', () => {
  const teacher = (): tf.Tensor => tf.zeros([3, 3]);

  it.each([
    ['a teacher that is no model', { teacher: 3 }, /teacher must be a LayersModel, or a function/],
    ['no teacher', {}, /teacher is missing/],
    ['a share above 1', { teacher, alpha: 2 }, /alpha must be/],
    ['a misspelt option', { teacher, temprature: 2 }, /temprature/],
  ])('%s', (_, options, message) => {
    expect(() => distillation(options as unknown as DistillationOptions)).toThrow(message);
  });

  it('a teacher that ends in softmax, and logits that are called probabilities', async () => {
    await openDevice('cpu');
    expect(() => distillation({ teacher: layered(teacherKernel, 'softmax') })).toThrow(
      /ends in softmax, so it does not give logits\. Set teacherGives: 'probabilities'\. \(LOSS_MISFIT\)/,
    );
    expect(() => distillation({ teacher: layered(teacherKernel), teacherGives: 'probabilities' })).toThrow(
      /ends in linear, so it does not give probabilities/,
    );
  });

  it('a teacher of other classes, and the model itself, in one sentence', async () => {
    const trainer = trainerOf(ways[0]!, [distillation({ teacher })]);
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(
      /the student gives \[3, 2\] and the teacher \[3, 3\]/,
    );
    trainer.dispose();
    await openDevice('cpu');
    const model = layered(studentKernel);
    const own = createTrainer({
      device: 'cpu',
      model,
      optimizer: sgd({ learningRate: 1 }),
      loss: softmaxCrossEntropy(),
      plugins: [distillation({ teacher: model })],
    });
    await expect(own.open()).rejects.toThrow(/the teacher is the model that is trained/);
  });

  it('to see inputs before a plugin that mixes them', () => {
    const mixing: AnyPlugin = { name: 'mixing', provides: ['mixes-labels'] };
    expect(() => trainerOf(ways[0]!, [distillation({ teacher }), mixing])).toThrow(/PLUGIN_ORDER/);
  });
});
