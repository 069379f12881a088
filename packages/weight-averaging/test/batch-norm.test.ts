import { arrayDataset } from '@cantrip/data';
import { batchNormReestimation, reestimateBatchNorm } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, presentWays, tinyTrainer } from '@cantrip/testing';
import { meanSquaredError, type Plugin, type Run, type Trainer } from '@cantrip/trainer';
import { stochasticWeightAveraging, weightAveraging } from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

interface Cases {
  readonly data: Readonly<Record<'kernel' | 'last kernel' | 'inputs' | 'targets', number[][]>> &
    Readonly<Record<'bias' | 'last bias', number[]>> & { readonly batch: number };
  readonly swa: { readonly 'updated mean': readonly number[] };
}

const { cases } = loadGolden<Cases>(new URL('./golden/averages.json', import.meta.url));
const { data, swa } = cases;

const model = (): LayersModel =>
  sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [2], name: 'first' }),
      layers.batchNormalization({ name: 'norm', momentum: 0.9, epsilon: 1e-3 }),
      layers.activation({ activation: 'relu' }),
      layers.dense({ units: 1, name: 'last' }),
    ],
  });
const options = { model, optimizer: sgd({ learningRate: 0.1 }), loss: meanSquaredError(), metrics: [] };
const rows = [0, 1, 2, 3, 4, 5].map((at) => data.inputs.slice(at * 4, at * 4 + 4));
const examples = { inputs: data.inputs, targets: data.targets, batchSize: data.batch, shuffle: false };
const batches = arrayDataset({
  inputs: { values: Float32Array.from(data.inputs.flat()), shape: [data.inputs.length, 2] },
  targets: { values: Float32Array.from(data.targets.flat()), shape: [data.targets.length, 1] },
  batchSize: 4,
  shuffle: false,
});

async function begin(trainer: Trainer): Promise<{ readonly run: Run; readonly model: LayersModel }> {
  const { run } = await trainer.open();
  const model = run.model as LayersModel;
  model.getLayer('first').setWeights([tf.tensor(data.kernel), tf.tensor(data.bias)]);
  model.getLayer('last').setWeights([tf.tensor(data['last kernel']), tf.tensor(data['last bias'])]);
  return { run, model };
}

/** The variance of all values that the first layer gives. */
const wholeVariance = (model: LayersModel): readonly number[] =>
  tf.tidy(() => [
    ...tf.moments(model.getLayer('first').apply(tf.tensor(data.inputs)) as tf.Tensor, 0).variance.dataSync(),
  ]);

describe.each(await presentWays())('the statistics of averaged weights $name', ({ tinyTrainer }) => {
  it('have the means of update_bn of torch, and the variance of all values', async () => {
    const averaging = stochasticWeightAveraging({ start: 3, every: 1 });
    const trainer = tinyTrainer([averaging], options);
    const { run, model } = await begin(trainer);
    await trainer.fit(examples, { epochs: 1 });
    run.use(averaging).assign();
    await reestimateBatchNorm(
      model,
      rows.map((one) => tf.tensor(one)),
    );
    const [, , mean, variance] = model.getLayer('norm').getWeights();
    expectClose(mean!, swa['updated mean'], { relative: 1e-4, absolute: 1e-5 });
    expectClose(variance!, [...wholeVariance(model)], { relative: 1e-4 });
    trainer.dispose();
  });

  it('are those that validation, evaluate and predict use with batchNormReestimation', async () => {
    const averaging = stochasticWeightAveraging({ start: 3, every: 1 });
    const seen: Record<string, { mean: number[]; variance: number[]; ofWeights: readonly number[] }> = {};
    const watcher: Plugin = {
      name: 'watcher',
      onEvaluateBegin({ run, purpose }) {
        const read = (name: string): number[] => [...run.variables[name]!.dataSync()];
        const ofWeights = wholeVariance(run.model as LayersModel);
        seen[purpose] = {
          mean: read('norm/moving_mean'),
          variance: read('norm/moving_variance'),
          ofWeights,
        };
      },
    };
    const trainer = tinyTrainer([averaging, batchNormReestimation({ data: batches }), watcher], options);
    const { model } = await begin(trainer);
    await trainer.fit(examples, { epochs: 1, validation: batches });
    await trainer.evaluate(batches);
    tf.dispose(await trainer.predict(data.inputs));
    expect(Object.keys(seen)).toEqual(['validation', 'evaluate', 'predict']);
    for (const { mean, variance, ofWeights } of Object.values(seen)) {
      expectClose(mean, swa['updated mean'], { relative: 1e-4, absolute: 1e-5 });
      expectClose(variance, [...ofWeights], { relative: 1e-4 });
    }
    // The model itself has the statistics of its own weights, which are others.
    const [, , mean, variance] = model.getLayer('norm').getWeights();
    expectClose(variance!, [...wholeVariance(model)], { relative: 1e-4 });
    expect([...mean!.dataSync()]).not.toEqual(seen['predict']!.mean);
    trainer.dispose();
  });
});

it('are computed also after a run that was stopped within an epoch', async () => {
  const stopping: Plugin = {
    name: 'stopping',
    onStepEnd: ({ run, step }) => void (step === 4 && run.stop('enough')),
  };
  const seen: (readonly [number[], readonly number[]])[] = [];
  const watcher: Plugin = {
    name: 'watcher',
    onEvaluateBegin: ({ run }) =>
      void seen.push([
        [...run.variables['norm/moving_variance']!.dataSync()],
        wholeVariance(run.model as LayersModel),
      ]),
  };
  const reestimation = batchNormReestimation({ data: batches, every: '3ep' });
  const plugins = [stopping, weightAveraging({ decay: 0.5 }), reestimation, watcher];
  const trainer = tinyTrainer(plugins, options);
  await begin(trainer);
  await trainer.fit(examples, { epochs: 9 });
  await trainer.evaluate(batches);
  expect(seen).toHaveLength(1);
  expectClose(seen[0]![0], [...seen[0]![1]], { relative: 1e-4 });
  trainer.dispose();
});

it('refuses re-estimation before averaging, which would see other weights than are evaluated', () => {
  expect(() => tinyTrainer([batchNormReestimation({ data: batches }), weightAveraging()])).toThrow(
    '[freeze-bn/reestimation] must come after weight-averaging, which provides evaluation-weights. Move it further down the plugin list. (PLUGIN_ORDER)',
  );
});
