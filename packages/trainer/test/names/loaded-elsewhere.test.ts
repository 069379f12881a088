import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { arrayDataset } from '@cantrip/data';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import { expectClose } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

const { layers } = tfl;
const program = fileURLToPath(new URL('fixtures/plain-prediction.ts', import.meta.url));
const image = [5, 6, 2];

/** A model in which one layer stands, that we repair, fuse or seed while it trains. */
const around =
  (make: () => tfl.layers.Layer, shape: readonly number[] = image) =>
  (): tfl.LayersModel =>
    tfl.sequential({
      layers: [
        layers.dense({ units: shape.at(-1)!, inputShape: [...shape] }),
        make(),
        layers.flatten(),
        layers.dense({ units: 2, name: 'outputs' }),
      ],
    });

/** One dense layer twice, and one that bears a name of its own. */
function shared(): tfl.LayersModel {
  const input = tfl.input({ shape: [4] });
  const twice = layers.dense({ units: 4, activation: 'tanh', name: 'twice' });
  const norm = layers.batchNormalization({ name: 'norm' });
  const x = twice.apply(norm.apply(twice.apply(input))) as tfl.SymbolicTensor;
  const outputs = layers.dense({ units: 2 }).apply(x) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs });
}

const models: Readonly<Record<string, readonly [shape: readonly number[], make: () => tfl.LayersModel]>> = {
  'a dilated convolution': [
    image,
    around(() => layers.conv2d({ filters: 3, kernelSize: 2, dilationRate: 2 })),
  ],
  'a layer normalisation without scale': [image, around(() => layers.layerNormalization({ scale: false }))],
  'a softmax along rows': [image, around(() => layers.softmax({ axis: 1 }))],
  'a causal convolution': [
    [4, 3],
    around(() => layers.conv1d({ filters: 2, kernelSize: 2, padding: 'causal' }), [4, 3]),
  ],
  'a crop': [image, around(() => layers.centerCrop({ height: 3, width: 4 }))],
  'a resize': [image, around(() => layers.resizing({ height: 3, width: 4 }))],
  'a batch normalisation and a dropout': [
    image,
    () =>
      tfl.sequential({
        layers: [
          layers.conv2d({ filters: 3, kernelSize: 2, inputShape: image, activation: 'relu' }),
          layers.batchNormalization({ scale: false }),
          layers.dropout({ rate: 0.3 }),
          layers.flatten(),
          layers.dense({ units: 2 }),
        ],
      }),
  ],
  'a recurrent layer with dropout': [
    [4, 3],
    around(
      () => layers.lstm({ units: 3, dropout: 0.2, recurrentDropout: 0.2, returnSequences: true }),
      [4, 3],
    ),
  ],
  'a shared layer': [[4], shared],
};

/** What TensorFlow.js alone can not load, or not compute. */
const notElsewhere: Readonly<Record<string, RegExp>> = {
  'a softmax along rows': /^Softmax along a non-last dimension is not yet supported/,
  'a resize': /^Error in resizeBilinear: x must be ra/,
  'a causal convolution': /^Shape mismatch: \[6,2\] vs. \[8,2\]/,
};

const numbers = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1.3 * i));

it('what was trained with repaired layers is loaded by TensorFlow.js alone, and predicts the same', async () => {
  await openDevice('cpu');
  const saved: Record<string, unknown> = {};
  const expected: Record<string, { predicted: number[]; weights: number[][] }> = {};
  for (const [name, [shape, make]] of Object.entries(models)) {
    let order: readonly string[] = [];
    let model!: tfl.LayersModel;
    const examples = 4;
    const inputs = numbers(shape.reduce((product, side) => product * side, examples));
    const trainer = createTrainer({
      device: 'cpu',
      model: () => {
        model = make();
        order = model.weights.map(({ originalName }) => originalName);
        return model;
      },
      optimizer: sgd({ learningRate: 0.05 }),
      loss: meanSquaredError(),
      plugins: [seed({ value: 1 })],
      handleInterrupt: false,
      log: () => undefined,
    });
    await trainer.fit(
      arrayDataset({
        inputs: { values: inputs, shape: [examples, ...shape] },
        targets: { values: numbers(2 * examples), shape: [examples, 2] },
        batchSize: 2,
      }),
      { epochs: 2 },
    );
    let artifacts: tf.io.ModelArtifacts = {};
    // While it trains: the layers are still repaired.
    await model.save(
      tf.io.withSaveHandler((given) => {
        artifacts = given;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
      }),
    );
    expect(artifacts.weightSpecs!.map((spec) => spec.name)).toEqual(order);
    const predicted = (await trainer.predict({ values: inputs, shape: [examples, ...shape] })) as tf.Tensor;
    const { weightData, ...rest } = artifacts;
    saved[name] = {
      artifacts: rest,
      weights: [...new Float32Array(weightData as ArrayBuffer)],
      inputs: [...inputs],
      shape: [examples, ...shape],
    };
    expected[name] = {
      predicted: [...predicted.dataSync()],
      weights: model.getWeights().map((weight) => [...weight.dataSync()]),
    };
    trainer.dispose();
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', program], {
    input: JSON.stringify(saved),
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const loaded = JSON.parse(stdout) as Record<
    string,
    Partial<(typeof expected)[string]> & { refused?: string }
  >;
  for (const [name, { predicted, weights }] of Object.entries(expected)) {
    const { refused, ...elsewhere } = loaded[name]!;
    if (name in notElsewhere) {
      expect(refused).toMatch(notElsewhere[name]!);
      continue;
    }
    expect(refused, name).toBeUndefined();
    expect(elsewhere.weights, name).toEqual(weights);
    expectClose(elsewhere.predicted!, predicted, { absolute: 1e-5 });
  }
});
