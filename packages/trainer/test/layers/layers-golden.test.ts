import { sgd } from '@cantrip/optimizers';
import { expectClose, flat } from '@cantrip/testing';
import { type BatchSource, createTrainer, meanSquaredError, type Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { goldenLayers, type GoldenRow, inputsOf } from './golden-layers.ts';
import { modelOfRow } from './layer-row.ts';
import { layerWays } from './ways.ts';

const { cases, tolerance } = goldenLayers;

function dataOf(row: GoldenRow): BatchSource {
  const inputs = inputsOf(row);
  const numbers = flat(inputs);
  const batch = {
    inputs: {
      values: row.kind === 'int' ? Int32Array.from(numbers) : Float32Array.from(numbers),
      shape: [inputs.length, ...row.shape],
    },
    targets: { values: Float32Array.from(flat(cases.targets)), shape: [inputs.length, 2] },
    size: inputs.length,
  };
  const steps = row.losses.length;
  return { stepsPerEpoch: steps, batches: ({ start }) => Array.from({ length: steps - start }, () => batch) };
}

const weighted = (model: LayersModel): LayersModel['layers'] =>
  model.layers.filter(({ weights }) => weights.length > 0);

function startingFrom({ before, ...row }: GoldenRow): LayersModel {
  const model = modelOfRow(row);
  expect(weighted(model)).toHaveLength(before.length);
  for (const [i, layer] of weighted(model).entries()) {
    layer.setWeights(before[i]!.map((values) => tf.tensor(values as number[])));
  }
  return model;
}

describe.each(await layerWays())('%s', (_, way) => {
  it.each(Object.entries(cases.rows))('%s ends where Keras ends after 20 steps', async (_, row) => {
    const losses: number[] = [];
    const reader: Plugin = {
      name: 'reader',
      onStepEnd: async ({ loss }) => void losses.push(await loss()),
    };
    let model: LayersModel | undefined;
    const trainer = createTrainer({
      ...way,
      model: () => (model = startingFrom(row)),
      optimizer: sgd({ learningRate: cases.rate }),
      loss: meanSquaredError(),
      plugins: [reader],
      handleInterrupt: false,
    });
    try {
      const data = dataOf(row);
      await trainer.fit(data, { epochs: 1 });
      expectClose(losses, row.losses, tolerance);
      for (const [i, layer] of weighted(model!).entries()) {
        for (const [j, weight] of layer.getWeights().entries())
          expectClose(weight, row.after[i]![j]!, tolerance);
      }
      const [batch] = data.batches({ seed: 0, epoch: 0, start: 0 }) as [{ inputs: never }];
      const predicted = (await trainer.predict(batch.inputs)) as tf.Tensor;
      expectClose(predicted, row.predicted, tolerance);
    } finally {
      trainer.dispose();
      model?.dispose();
    }
  });
});
