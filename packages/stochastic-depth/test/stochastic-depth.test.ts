import {
  expectClose,
  presentWays,
  tinyData,
  tinyModel,
  tinyResidualModel,
  tinyTrainer,
} from '@cantrip/testing';
import { meanSquaredError } from '@cantrip/trainer';
import { sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { stochasticDepth, type StochasticDepthOptions } from '../src/index.ts';
import { residualBlocks } from '@cantrip/plugin-kit';

/** Blocks one after the other, each `x + 2 * x`, for inputs of one number. */
function chain(blocks: number): LayersModel {
  const inputs = input({ shape: [1] });
  let x = inputs;
  for (let block = 0; block < blocks; block++) x = blockOf(x);
  return model({ inputs, outputs: x });
}

function blockOf(inputs: SymbolicTensor): SymbolicTensor {
  const branch = layers.dense({ units: 1, useBias: false, kernelInitializer: 'ones' });
  const doubled = layers.rescaling({ scale: 2 }).apply(branch.apply(inputs));
  return layers.add().apply([inputs, doubled] as SymbolicTensor[]) as SymbolicTensor;
}

describe.each(await presentWays())('stochasticDepth $name', ({ tinyTrainer: trainerOf }) => {
  /** The outputs of each step for inputs of 1, as the loss sees them. */
  async function outputsOf(options: StochasticDepthOptions, blocks = 1): Promise<number[][]> {
    const seen = tf.variable(tf.zeros([64, 1]), false);
    const steps: number[][] = [];
    const trainer = trainerOf(
      [
        stochasticDepth(options),
        {
          name: 'watching',
          transformOutputs: (outputs) => (seen.assign(outputs as tf.Tensor2D), outputs),
          onStepEnd: async () => void steps.push(Array.from(await seen.data())),
        },
      ],
      {
        model: () => chain(blocks),
        loss: meanSquaredError(),
        metrics: [],
        optimizer: sgd({ learningRate: 0 }),
      },
    );
    const ones = Array.from({ length: 64 * 8 }, () => [1]);
    await trainer.fit({ inputs: ones, targets: ones, batchSize: 64 }, { epochs: 1 });
    const outputs = (await trainer.predict([[1]])) as tf.Tensor;
    expectClose(outputs, [[3 ** blocks]], { absolute: 1e-6 });
    tf.dispose([outputs, seen]);
    trainer.dispose();
    return steps;
  }

  it('keeps the shortcut of each example, and scales a branch that is kept', async () => {
    const steps = await outputsOf({ rate: 0.2 });
    const all = steps.flat();
    // Dropped: 1. Kept: 1 + 2 / 0.8.
    const kept = all.filter((value) => value > 2);
    expectClose(
      kept,
      kept.map(() => 3.5),
      { absolute: 1e-5 },
    );
    expectClose(
      all.filter((value) => value <= 2),
      all.filter((value) => value <= 2).map(() => 1),
      { absolute: 1e-5 },
    );
    // 512 draws: 3.5 standard deviations are 0.062.
    expect(kept.length / all.length).toBeGreaterThan(0.738);
    expect(kept.length / all.length).toBeLessThan(0.862);
    expect(new Set(steps.map(String)).size).toBe(steps.length);
  });

  it('drops the block of a whole batch in mode batch', async () => {
    const steps = await outputsOf({ rate: 0.5, mode: 'batch' });
    for (const step of steps) expect(new Set(step).size).toBe(1);
    expect(new Set(steps.flat()).size).toBe(2);
  });

  it('draws a mask for each block', async () => {
    const steps = await outputsOf({ rate: [0.5, 0.5] }, 2);
    // A block gives its input, or five times it. If both had one mask, there would be no 5.
    const values = steps.flat().map((value) => Math.round(value));
    expect([...new Set(values)].sort((a, b) => a - b)).toEqual([1, 5, 25]);
  });

  it('drops all at rate 1', async () => {
    for (const step of await outputsOf({ rate: 1 })) expect(new Set(step)).toEqual(new Set([1]));
  });
});

describe('the residual blocks of a model', () => {
  const found = (given: LayersModel): unknown =>
    residualBlocks(given).map(({ name, branch }) => [name, branch]);

  it('are found in order, with an identity or a projection as the shortcut', () => {
    expect(found(tinyResidualModel())).toEqual([
      ['add_1', 0],
      ['add_2', 1],
    ]);
  });

  it('are found in nested models, and in a graph that another model was built from', () => {
    const inner = tinyResidualModel();
    const outer = tinyOuter(inner);
    expect(found(outer)).toEqual([
      ['inner/add_1', 0],
      ['inner/add_2', 1],
    ]);
    expect(found(inner)).toEqual(found(tinyResidualModel()));
  });

  it('are none for two equal branches, for other sums, and without add layers', () => {
    const inputs = input({ shape: [2] });
    const [a, b] = [layers.dense({ units: 2 }).apply(inputs), layers.dense({ units: 2 }).apply(inputs)];
    const sum = layers.add().apply([a, b] as SymbolicTensor[]) as SymbolicTensor;
    const three = layers.add().apply([sum, inputs, a] as SymbolicTensor[]) as SymbolicTensor;
    expect(found(model({ inputs, outputs: three }))).toEqual([]);
    expect(found(tinyModel())).toEqual([]);
  });
});

describe('stochasticDepth', () => {
  it('says in explain which blocks it drops', async () => {
    const trainer = tinyTrainer([stochasticDepth()], { model: tinyResidualModel });
    await trainer.open();
    expect(trainer.explain()).toContain('stochastic-depth around add_1');
    expect(trainer.explain()).toContain('stochastic-depth around add_2');
    trainer.dispose();
  });

  const wrong: readonly (readonly [
    string,
    StochasticDepthOptions,
    (() => LayersModel) | undefined,
    RegExp,
  ])[] = [
    [
      'a model without blocks',
      {},
      tinyModel,
      /^\[stochasticDepth\] needs a model with residual blocks, but it has none.*\(MODEL_INVALID\)$/,
    ],
    [
      'a function',
      {},
      (() => functionModel()) as never,
      /^\[stochasticDepth\] needs a LayersModel, but it is a function\. Call dropPath in the function\. \(MODEL_INVALID\)$/,
    ],
    [
      'an unknown block',
      { blocks: ['add_3'] },
      tinyResidualModel,
      /which are add_1, add_2, got add_3.*\(OPTION_INVALID\)$/,
    ],
    [
      'too many rates',
      { rate: [0.1, 0.2, 0.3] },
      tinyResidualModel,
      /rate must have one number for each of the 2 blocks, got 3/,
    ],
    [
      'an add layer of two blocks',
      {},
      sharedAdd,
      /needs an add layer for each block, but add_1 ends several/,
    ],
  ];
  it.each(wrong)('refuses %s when the run begins', async (_, options, make, words) => {
    const trainer = tinyTrainer([stochasticDepth(options)], { model: make! });
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(words);
    trainer.dispose();
  });

  it.each([
    { rate: -1 },
    { rate: 1.5 },
    { rate: [] },
    { rate: [2] },
    { rate: '0.1' },
    { mode: 'x' },
    { decay: 'x' },
    { blocks: [] },
    { blcoks: ['a'] },
  ])('refuses %o at once', (options) => {
    expect(() => stochasticDepth(options as never)).toThrow(
      /^\[stochasticDepth\] .+ .+\. .+\. \(OPTION_INVALID\)$/,
    );
  });
});

function tinyOuter(inner: LayersModel): LayersModel {
  inner.name = 'inner';
  const inputs = input({ shape: [6, 6, 1] });
  return model({ inputs, outputs: layers.dense({ units: 3 }).apply(inner.apply(inputs)) as SymbolicTensor });
}

function sharedAdd(): LayersModel {
  const inputs = input({ shape: [6, 6, 1] });
  const add = layers.add();
  const block = (x: SymbolicTensor): SymbolicTensor =>
    add.apply([layers.dense({ units: 1 }).apply(x), x] as SymbolicTensor[]) as SymbolicTensor;
  const flat = layers.flatten().apply(block(block(inputs)));
  return model({ inputs, outputs: layers.dense({ units: 3 }).apply(flat) as SymbolicTensor });
}

function functionModel(): (inputs: unknown) => tf.Tensor {
  const kernel = tf.variable(tf.ones([36, 3]));
  return (inputs) => tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel as unknown as tf.Tensor2D);
}
