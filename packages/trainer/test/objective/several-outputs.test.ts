import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import {
  accuracy,
  type BatchSource,
  createTrainer,
  meanSquaredError,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

let made = 0;

/** Outputs `kind` and `size`, one trained number each: both are the input times it. */
const twoOutputs: TrainerOptions['model'] = () => {
  const [kind, size] = ['kind', 'size'].map((name) => tf.variable(tf.scalar(1), true, `${name}${made++}`));
  return (inputs) => ({ kind: tf.mul(inputs as tf.Tensor, kind!), size: tf.mul(inputs as tf.Tensor, size!) });
};

const oneOutput: TrainerOptions['model'] = () => {
  const factor = tf.variable(tf.scalar(1), true, `factor${made++}`);
  return (inputs) => tf.mul(inputs as tf.Tensor, factor);
};

const xs = [1, 2, 3, 10];

/** Batches of 3 and 1 example. */
const source: BatchSource = {
  stepsPerEpoch: 2,
  *batches({ start }) {
    for (const [from, to] of [
      [0, 3],
      [3, 4],
    ].slice(start) as [number, number][]) {
      const values = Float32Array.from(xs.slice(from, to));
      const shape = [to - from, 1];
      const column = (each: number) => ({ values: values.map(() => each), shape });
      yield { inputs: { values, shape }, targets: { kind: column(0), size: column(1) }, size: to - from };
    }
  },
};

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const kindLoss = mean(xs.map((x) => x * x));
const sizeLoss = mean(xs.map((x) => (x - 1) ** 2));
const losses = { kind: meanSquaredError(), size: meanSquaredError() };

describe.each(await presentWays())('a model of several outputs, $name,', ({ tinyTrainer }) => {
  const make = (options: Partial<TrainerOptions>): Trainer =>
    tinyTrainer([], {
      model: twoOutputs,
      optimizer: sgd({ learningRate: 0 }),
      loss: losses,
      metrics: {},
      ...options,
    });

  it('logs the loss of each output and their weighted sum, in training and validation', async () => {
    const trainer = make({ lossWeights: { size: 0.25 } });
    const { epochs } = await trainer.fit(source, { epochs: 1, validation: source });
    const wanted = { loss: kindLoss + 0.25 * sizeLoss, kind_loss: kindLoss, size_loss: sizeLoss };
    for (const [name, value] of Object.entries(wanted)) {
      expect(epochs[0]![name]).toBeCloseTo(value, 4);
      expect(epochs[0]![`validation_${name}`]).toBeCloseTo(value, 4);
    }
    trainer.dispose();
  });

  it('trains each output by its loss times its weight', async () => {
    const trainer = make({ lossWeights: { kind: 2, size: 0 }, optimizer: sgd({ learningRate: 0.001 }) });
    await trainer.fit(
      {
        ...source,
        stepsPerEpoch: 1,
        batches: () => [[...(source.batches({ seed: 0, epoch: 0, start: 0 }) as Iterable<never>)][0]!],
      },
      { epochs: 1 },
    );
    const { variables } = (await trainer.open()).run;
    const [kind, size] = Object.values(variables).map((variable) => variable.dataSync()[0]!);
    // The gradient of 2 mean((w x)^2) at w = 1 over 1, 2, 3.
    expect(kind).toBeCloseTo(1 - 0.001 * 2 * 2 * mean([1, 4, 9]), 5);
    expect(size).toBe(1);
    trainer.dispose();
  });

  it('may have an output that is said to have no loss', async () => {
    const trainer = make({ loss: { kind: meanSquaredError(), size: null } });
    expect(await trainer.evaluate(source)).toEqual({ loss: expect.closeTo(kindLoss, 4) as number });
    trainer.dispose();
  });

  it('weights may be of one output alone', async () => {
    const weighted: BatchSource = {
      stepsPerEpoch: 2,
      *batches(request) {
        for (const batch of source.batches(request) as Iterable<{
          inputs: { values: Float32Array; shape: number[] };
        }>) {
          const rows = batch.inputs.values.length;
          // The last example, 10, counts for nothing in the size.
          const values = new Float32Array(rows).fill(rows === 1 ? 0 : 1);
          yield { ...batch, weights: { size: { values, shape: [rows] } } } as never;
        }
      },
    };
    const trainer = make({});
    const logs = await trainer.evaluate(weighted);
    expect(logs['kind_loss']).toBeCloseTo(kindLoss, 4);
    expect(logs['size_loss']).toBeCloseTo(mean([0, 1, 4]), 5);
    trainer.dispose();
  });
});

describe('several outputs that cannot be right are refused in one sentence:', () => {
  const create = (options: Partial<TrainerOptions>): Trainer =>
    createTrainer({
      device: 'cpu',
      model: twoOutputs,
      optimizer: sgd(),
      loss: losses,
      handleInterrupt: false,
      log: () => undefined,
      ...options,
    });

  it.each<readonly [string, Partial<TrainerOptions>, RegExp]>([
    [
      'an output without a loss',
      { loss: { kind: meanSquaredError() } },
      /output size has no loss.*size: null/,
    ],
    [
      'one loss for all',
      { loss: meanSquaredError() },
      /several outputs \(kind, size\), but loss is a single loss/,
    ],
    [
      'a list of metrics for all',
      { metrics: [accuracy()] },
      /several outputs .* but metrics is a single list.*metrics: \{ kind/,
    ],
    [
      'a loss of an output that there is not',
      { loss: { ...losses, color: meanSquaredError() } },
      /loss names the output color/,
    ],
    [
      'metrics of an output that there is not',
      { metrics: { color: [accuracy()] } },
      /metrics names the output color/,
    ],
  ])('%s', async (_, options, message) => {
    const trainer = create(options);
    await expect(trainer.fit(source, { epochs: 1 })).rejects.toThrow(message);
    await expect(trainer.evaluate(source)).rejects.toThrow(message);
    trainer.dispose();
  });

  it('a name for the only output of a function that gives one tensor', async () => {
    const single: TrainerOptions['model'] = () => {
      const factor = tf.variable(tf.scalar(1), true, `single${made++}`);
      return (inputs) => tf.mul(inputs as tf.Tensor, factor);
    };
    for (const options of [
      { loss: { digit: meanSquaredError() } },
      { loss: meanSquaredError(), metrics: { digit: [accuracy()] } },
    ]) {
      const trainer = create({ model: single, ...options });
      await expect(trainer.evaluate(source)).rejects.toThrow(/names the output digit.*without a name/);
      trainer.dispose();
    }
  });

  it('losses that are divided by different things, beside accumulated gradients', async () => {
    const weights = { kind: { values: new Float32Array(3).fill(1), shape: [3] } };
    const batch = [...(source.batches({ seed: 0, epoch: 0, start: 0 }) as Iterable<object>)][0]!;
    const trainer = create({ optimizer: accumulateGradients(sgd(), { steps: 2 }) });
    await expect(
      trainer.fit({ stepsPerEpoch: 1, batches: () => [{ ...batch, weights }] as never }, { epochs: 1 }),
    ).rejects.toThrow(/weights each batch by one number.*kind, size.*OPTION_INVALID/);
    trainer.dispose();
  });

  it.each<readonly [string, Partial<TrainerOptions>, RegExp]>([
    [
      'a weight of an output without a loss',
      { lossWeights: { color: 1 } },
      /lossWeights names the output color/,
    ],
    [
      'a weight below 0',
      { lossWeights: { kind: -1 } },
      /lossWeights.kind must be a finite number >= 0, got -1/,
    ],
    [
      'weights beside a single loss',
      { loss: softmaxCrossEntropy(), lossWeights: { kind: 1 } },
      /lossWeights needs several losses/,
    ],
    [
      'a metric that is called loss',
      { loss: meanSquaredError(), metrics: [{ ...accuracy(), name: 'loss' }] },
      /its own name, but two are called loss/,
    ],
    [
      'two metrics of one name',
      { loss: softmaxCrossEntropy(), metrics: [accuracy(), accuracy({ ignoreIndex: 0 })] },
      /its own name, but two are called accuracy/,
    ],
    [
      'a metric that bears the name of a validation',
      { loss: softmaxCrossEntropy(), metrics: [accuracy(), { ...accuracy(), name: 'validation_accuracy' }] },
      /two are called validation_accuracy/,
    ],
    ['no loss at all', { loss: { kind: null } }, /a loss for at least one output/],
    ['a metric instead of a list', { metrics: accuracy() as never }, /metrics must be an array/],
    [
      'a metric that was not called',
      { metrics: [accuracy] as never },
      /metrics got the function accuracy, which was not called\. Write accuracy\(\)/,
    ],
  ])('%s', (_, options, message) => {
    expect(() => create(options)).toThrow(message);
  });
});

describe.each(await presentWays())('several weights for a single loss, $name,', ({ tinyTrainer }) => {
  it('are refused, since none of them is that of the loss', async () => {
    const trainer = tinyTrainer([], {
      model: oneOutput,
      optimizer: sgd(),
      loss: meanSquaredError(),
      metrics: [],
    });
    const data: BatchSource = {
      batchesPerEpoch: 1,
      *batches() {
        const one = { values: Float32Array.of(1, 2), shape: [2, 1] };
        const weights = {
          a: { values: Float32Array.of(1, 0), shape: [2] },
          b: { values: Float32Array.of(0, 1), shape: [2] },
        };
        yield { inputs: one, targets: one, weights, size: 2 };
      },
    };
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(
      /several weights \(a, b\), but loss is a single loss/,
    );
    trainer.dispose();
  });
});
