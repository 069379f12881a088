import { sgd } from '@cantrip/optimizers';
import { expectClose, presentWays, weightsOf } from '@cantrip/testing';
import { type BatchSource, type PluginList, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { distillation } from '../src/index.ts';

type Weights = Record<string, readonly number[]>;

/** Two digits of one input: outputs `tens` and `ones`. */
function twoDigits(): LayersModel {
  const inputs = input({ shape: [4] });
  const head = (name: string): SymbolicTensor =>
    layers.dense({ units: 3, name, kernelInitializer: 'zeros' }).apply(inputs) as SymbolicTensor;
  return model({ inputs, outputs: [head('tens'), head('ones')] });
}

const inputs = Float32Array.from({ length: 24 }, (_, at) => Math.sin(at));
const labels = (by: number): Int32Array => Int32Array.from({ length: 6 }, (_, row) => (row * by) % 3);
const data: BatchSource = {
  batchesPerEpoch: 1,
  batches: () => [
    {
      inputs: { values: inputs, shape: [6, 4] },
      targets: { tens: { values: labels(1), shape: [6] }, ones: { values: labels(2), shape: [6] } },
      size: 6,
    },
  ],
};
/** Logits that are the first three inputs, times a factor. */
const teacherOf =
  (factor: number) =>
  (given: unknown): tf.Tensor =>
    tf.mul(tf.slice(given as tf.Tensor2D, [0, 0], [6, 3]), factor);

/** Descends from zeros by hand: the mean over 6 rows of `x * (softmax(0) - target)`, each target by its share. */
function kernelAfterOneStep(label: Int32Array, share: number, taught: number, factor: number): number[] {
  const kernel = Array<number>(12).fill(0);
  for (let row = 0; row < 6; row++) {
    const logits = [0, 1, 2].map((at) => Math.exp(inputs[row * 4 + at]! * factor));
    const sum = logits.reduce((total, one) => total + one, 0);
    for (let unit = 0; unit < 3; unit++) {
      const slope = share * (1 / 3 - (label[row] === unit ? 1 : 0)) + taught * (1 / 3 - logits[unit]! / sum);
      for (let from = 0; from < 4; from++)
        kernel[from * 3 + unit]! -= (0.5 * inputs[row * 4 + from]! * slope) / 6;
    }
  }
  return kernel;
}

describe.each(await presentWays())('distillation of two outputs, $name,', ({ tinyTrainer }) => {
  const options = {
    model: twoDigits,
    optimizer: sgd({ learningRate: 0.5 }),
    loss: { tens: softmaxCrossEntropy(), ones: softmaxCrossEntropy() },
    metrics: {},
  };
  const tens = distillation({
    ...{ instance: 'tens', output: 'tens', temperature: 1, alpha: 1 / 3 },
    teacher: teacherOf(1),
  });
  const ones = distillation({
    ...{ instance: 'ones', output: 'ones', temperature: 1, alpha: 1 / 4 },
    teacher: teacherOf(-2),
  });
  const trained = async (plugins: PluginList, given: object = options): Promise<Weights> => {
    const trainer = tinyTrainer(plugins as never, given);
    await trainer.fit(data, { epochs: 1 });
    const weights = await weightsOf(trainer);
    trainer.dispose();
    return weights as Weights;
  };
  const kernelOf = (weights: Weights, output: string): readonly number[] =>
    Object.entries(weights).find(([name]) => name.startsWith(`${output}/kernel`))![1];

  it('teaches each output by its own teacher, with shares as the page says', async () => {
    const weights = await trained([tens, ones]);
    const within = { relative: 1e-4, absolute: 1e-6 };
    expectClose(kernelOf(weights, 'tens'), kernelAfterOneStep(labels(1), 1 / 2, 1 / 4, 1), within);
    expectClose(kernelOf(weights, 'ones'), kernelAfterOneStep(labels(2), 1 / 2, 1 / 4, -2), within);
  });

  it('takes two teachers of one output', async () => {
    const second = distillation({
      ...{ instance: 'second', output: 'tens', temperature: 1, alpha: 1 / 4 },
      teacher: teacherOf(1),
    });
    const both = kernelOf(await trained([tens, second]), 'tens');
    expectClose(both, kernelAfterOneStep(labels(1), 1 / 2, 1 / 2, 1), { relative: 1e-4, absolute: 1e-6 });
  });

  it('is saved and refused by instance', async () => {
    const trainer = tinyTrainer([tens, ones], options);
    await trainer.fit(data, { epochs: 1 });
    const { plugins } = await trainer.save();
    trainer.dispose();
    expect(Object.keys(plugins)).toEqual(['tiny-seed', 'distillation:tens', 'distillation:ones']);
    const lost = distillation({ instance: 'lost', output: 'hundreds', teacher: teacherOf(1) });
    await expect(trained([tens, lost])).rejects.toThrow("[distillation:lost] output is 'hundreds'");
    const unnamed = [distillation({ teacher: teacherOf(1) }), distillation({ teacher: teacherOf(2) })];
    expect(() => tinyTrainer(unnamed, options)).toThrow('PLUGIN_TWICE');
    expect(() => distillation({ teacher: teacherOf(1), instance: '' })).toThrow('instance must be a text');
  });
});
