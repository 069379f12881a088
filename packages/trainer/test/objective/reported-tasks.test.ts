import { CantripError } from '@cantrip/errors';
import { sgd } from '@cantrip/optimizers';
import { accuracy, createTrainer, meanSquaredError, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const silent = { device: 'cpu', reporter: false, log: () => undefined } as const;

describe('faults that users of other trainers reported', () => {
  it('counts places without padding over batches, not the batches (burn #5577)', async () => {
    const trainer = createTrainer({
      ...silent,
      model: () => {
        const scale = tf.variable(tf.scalar(1), true, 'scale');
        return (inputs) => tf.mul(inputs as tf.Tensor, scale);
      },
      optimizer: sgd({ learningRate: 0 }),
      loss: softmaxCrossEntropy(),
      metrics: [accuracy()],
    });
    // The first sequence has one place that counts, and it is right. The second has ten, all wrong. The third has none.
    const says = (answer: number[]): number[][] => Array.from({ length: 10 }, () => answer);
    const [zeros, ones] = [new Array<number>(10).fill(0), new Array<number>(10).fill(1)];
    const { run } = await trainer.open();
    const data = {
      inputs: tf.tensor3d([says([9, 0]), says([9, 0]), says([9, 0])]),
      targets: tf.tensor2d([...zeros, ...ones, ...zeros], [3, 10], 'int32'),
      weights: tf.tensor2d([1, ...zeros.slice(1), ...ones, ...zeros], [3, 10]),
      batchSize: 1,
    };
    const logs = await trainer.evaluate(data);
    expect(logs['accuracy']).toBeCloseTo(1 / 11, 6);
    expect(logs['loss']).toBeCloseTo(
      (10 * (9 + Math.log1p(Math.exp(-9))) + Math.log1p(Math.exp(-9))) / 11,
      5,
    );
    trainer.dispose();
    tf.dispose([data.inputs, data.targets, data.weights]);
    tf.dispose(run.variables);
  });

  it('logs a loss that is the weighted sum of those of the outputs (keras #7464, tensorflow #36006)', async () => {
    const trainer = createTrainer({
      ...silent,
      model: () => {
        const inputs = input({ shape: [1] });
        const head = (name: string): SymbolicTensor =>
          layers.dense({ units: 1, name, kernelInitializer: 'ones' }).apply(inputs) as SymbolicTensor;
        return model({ inputs, outputs: [head('near'), head('far')] });
      },
      optimizer: sgd({ learningRate: 0 }),
      loss: { near: meanSquaredError(), far: meanSquaredError() },
      lossWeights: { near: 2, far: 0.25 },
    });
    // Batches of 2 and 1: a mean of their means would be another number.
    const data = {
      inputs: [[0], [0], [0]],
      targets: { near: [[1], [1], [4]], far: [[2], [2], [8]] },
      batchSize: 2,
    };
    const evaluated = await trainer.evaluate(data);
    expect(evaluated).toMatchObject({ near_loss: 6, far_loss: 24, loss: 2 * 6 + 0.25 * 24 });
    const { epochs } = await trainer.fit(data, { epochs: 1 });
    expect(epochs[0]).toMatchObject({ near_loss: 6, far_loss: 24, loss: 18 });
    trainer.dispose();
  });

  it('says what to do if a model is built again while its variables exist (sema #321, disco #177)', async () => {
    const make = (): ReturnType<typeof createTrainer> =>
      createTrainer({
        ...silent,
        model: () => {
          const shift = tf.variable(tf.scalar(0), true, 'shift');
          return (inputs) => tf.add(inputs as tf.Tensor, shift);
        },
        optimizer: sgd({ learningRate: 0 }),
        loss: meanSquaredError(),
      });
    const first = make();
    const { run } = await first.open();
    first.dispose();
    const refused = await make()
      .open()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CantripError);
    expect(refused).toMatchObject({ code: 'MODEL_INVALID' });
    expect((refused as Error).message).toMatch(/variable "shift".*tf\.dispose\(run\.variables\)/s);
    tf.dispose(run.variables);
    const second = make();
    await second.open();
    second.dispose();
  });
});
