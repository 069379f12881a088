import { openDevice } from '@cantrip/core-tensor-gpu';
import { arrayDataset } from '@cantrip/data';
import {
  batchNormFreezing,
  batchNormReestimation,
  freezeBatchNorm,
  reestimateBatchNorm,
} from '@cantrip/freeze-bn';
import { expectClose, presentDevices, presentWays, tinyData, tinyModel, tinyTrainer } from '@cantrip/testing';
import type { BatchSource, Plugin, Run } from '@cantrip/trainer';
import type { HostBatch } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from './golden/population.json' with { type: 'json' };

const given = golden.cases['two layers'];

/** The network of tools/golden/freeze_bn_population.py. */
function network(): tfl.Sequential {
  const { layers } = tfl;
  const model = tfl.sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 2, inputShape: [4, 4, 2] }),
      layers.batchNormalization({ name: 'lower' }),
      layers.activation({ activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
      layers.conv2d({ filters: 2, kernelSize: 2 }),
      layers.batchNormalization({ name: 'upper' }),
    ],
  });
  [0, 4].forEach((layer, i) => {
    const weights = [tf.tensor(given.kernels[i]!), tf.tensor(given.biases[i]!)];
    model.layers[layer]!.setWeights(weights);
  });
  ['lower', 'upper'].forEach((name, i) => {
    const [gamma, beta] = [tf.tensor1d(given.gammas[i]!), tf.tensor1d(given.betas[i]!)];
    model.getLayer(name).setWeights([gamma, beta, tf.zerosLike(gamma), tf.onesLike(gamma)]);
  });
  return model;
}

const batches = (): tf.Tensor[] => given.batches.map((batch) => tf.tensor(batch));
const statistics = (model: tfl.LayersModel, name: string): tf.Tensor[] =>
  model.getLayer(name).getWeights().slice(2);

describe.each(await presentDevices(['cpu', 'tensorflow', 'wasm']))('on %s', (device) => {
  beforeAll(() => openDevice(device));

  it('the statistics and what is predicted with them are those of fvcore', async () => {
    const model = network();
    await reestimateBatchNorm(model, batches());
    ['lower', 'upper'].forEach((name, i) => {
      const [mean, variance] = statistics(model, name);
      expectClose(mean!, given.means[i]!, golden.tolerance);
      expectClose(variance!, given.variances[i]!, golden.tolerance);
    });
    expectClose(model.predict(batches()[0]!) as tf.Tensor, given.outputs, golden.tolerance);
  });
});

describe('reestimateBatchNorm', () => {
  beforeAll(() => openDevice('cpu'));

  it('does the same one batch at a time from an asynchronous source, and in a trainer', async () => {
    const model = network();
    const trainer = tinyTrainer([], { model });
    await trainer.open();
    async function* source(): AsyncGenerator<tf.Tensor> {
      for (const batch of batches()) yield await Promise.resolve(batch);
    }
    await reestimateBatchNorm(model, source());
    expectClose(statistics(model, 'upper')[1]!, given.variances[1]!, golden.tolerance);
    trainer.dispose();
  });

  it('leaves what is frozen, and what was not chosen', async () => {
    const model = network();
    const undo = freezeBatchNorm(model, { layers: 'lower' });
    await reestimateBatchNorm(model, batches());
    expect([...statistics(model, 'lower')[0]!.dataSync()]).toEqual([0, 0, 0]);
    expect([...statistics(model, 'upper')[0]!.dataSync()]).not.toEqual([0, 0]);
    undo();
    const [before] = statistics(model, 'upper').map((tensor) => [...tensor.dataSync()]);
    await reestimateBatchNorm(model, batches(), { layers: 'lower' });
    expect([...statistics(model, 'upper')[0]!.dataSync()]).toEqual(before);
    expectClose(statistics(model, 'lower')[0]!, given.means[0]!, golden.tolerance);
  });

  it('leaves no tensor and no property behind, also when the model throws', async () => {
    const model = network();
    const inputs = batches();
    await reestimateBatchNorm(model, inputs);
    const before = tf.memory().numTensors;
    await reestimateBatchNorm(model, inputs);
    expect(tf.memory().numTensors).toBe(before);
    const wrong = tf.ones([1, 2]);
    await expect(reestimateBatchNorm(model, [wrong])).rejects.toThrow();
    wrong.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(model.layers.filter((layer) => Object.hasOwn(layer, 'call'))).toEqual([]);
  });

  it('counts both uses of a layer that is used twice', async () => {
    const norm = tfl.layers.batchNormalization({ name: 'norm' });
    const input = tfl.input({ shape: [1] });
    const once = norm.apply(input) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: input, outputs: norm.apply(once) as tfl.SymbolicTensor });
    // The first use sees 0 and 20, the second their normalised values, -1 and 1 but for epsilon.
    await reestimateBatchNorm(model, [tf.tensor2d([[0], [20]])]);
    const [mean, variance] = statistics(model, 'norm');
    expectClose(mean!, [5], { relative: 1e-5 });
    expectClose(variance!, [(2 * 100 + 2 * 1) / 4 + 25], { relative: 1e-4 });
  });

  it.each<[string, () => Promise<void>, string]>([
    [
      'all layers frozen',
      async () => {
        const model = network();
        freezeBatchNorm(model);
        await reestimateBatchNorm(model, batches());
      },
      '[reestimateBatchNorm] the statistics of all chosen layers are frozen. Unfreeze these layers first, or choose other layers. (OPTION_INVALID)',
    ],
    [
      'no batch',
      () => reestimateBatchNorm(network(), []),
      '[reestimateBatchNorm] batches must hold at least one batch, got none. Pass batches of the training data. (DATA_EMPTY)',
    ],
    [
      'an unknown option',
      () => reestimateBatchNorm(network(), batches(), { momentum: 1 } as never),
      '[reestimateBatchNorm] has no option momentum',
    ],
  ])('refuses %s', async (_what, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});

describe.each(await presentWays())('batchNormReestimation, $name', (way) => {
  it('sets the statistics before each validation, of the data and as often as it was asked', async () => {
    const asked: unknown[] = [];
    const data: BatchSource = {
      stepsPerEpoch: 3,
      batches(request) {
        asked.push(request);
        return tinyData().batches(request);
      },
    };
    const seen: number[][] = [];
    const watcher: Plugin = {
      name: 'watcher',
      onEvaluateBegin: ({ run }) =>
        void seen.push([...run.variables['batch_normalization_1/moving_mean']!.dataSync()]),
    };
    const trainer = way.tinyTrainer([batchNormReestimation({ data, batches: 2 }), watcher]);
    await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    const { run } = await trainer.open();
    expect(asked).toEqual([0, 1].map((epoch) => ({ seed: run.seed, epoch, start: 0 })));
    const model = run.model as tfl.LayersModel;
    const inputs = [...(tinyData().batches({ seed: run.seed, epoch: 1, start: 0 }) as Iterable<Host>)].slice(
      0,
      2,
    );
    await reestimateBatchNorm(
      model,
      inputs.map((batch) => tf.tensor(batch.inputs.values, [...batch.inputs.shape])),
    );
    expectClose(run.variables['batch_normalization_1/moving_mean']!, seen.at(-1)!, {
      relative: 1e-5,
      absolute: 1e-6,
    });
    trainer.dispose();
  });
});

it.each([1, 3, 4, 10])(
  'the statistics are those of all examples, in uneven batches of %i and in ones that are filled up',
  async (batchSize) => {
    const values = Float32Array.from({ length: 10 }, (_, example) => example ** 2);
    const model = (): tfl.LayersModel =>
      tfl.sequential({
        layers: [
          tfl.layers.batchNormalization({ inputShape: [1], name: 'norm' }),
          tfl.layers.dense({ units: 2 }),
        ],
      });
    const plain = {
      inputs: { values, shape: [10, 1] },
      targets: { values: new Int32Array(10), shape: [10] },
    };
    for (const last of [{}, { padLast: true, padTarget: 0 }]) {
      const data = arrayDataset({ ...plain, batchSize, ...last });
      const trainer = tinyTrainer([batchNormReestimation({ data })], { model: model() });
      await trainer.fit(arrayDataset({ ...plain, batchSize: 5 }), { epochs: 1 });
      const { run } = await trainer.open();
      const [mean, variance] = statistics(run.model as tfl.LayersModel, 'norm');
      // Of 0, 1, 4, …, 81: 28.5, and 15333 / 10 - 28.5^2.
      expectClose(mean!, [28.5], { relative: 1e-5 });
      expectClose(variance!, [721.05], { relative: 1e-5 });
      trainer.dispose();
    }
  },
);

it('takes one epoch of data that never ends, and tells it to end', async () => {
  let [given, returned] = [0, 0];
  const data: BatchSource = {
    batchesPerEpoch: 3,
    *batches(request) {
      const [batch] = tinyData().batches({ ...request, start: 0 }) as Iterable<HostBatch>;
      try {
        for (; ; given++) yield batch!;
      } finally {
        returned += 1;
      }
    },
  };
  const trainer = tinyTrainer([batchNormReestimation({ data })]);
  await trainer.fit(tinyData(), { epochs: 1 });
  trainer.dispose();
  // The third is never asked to be followed by another.
  expect([given, returned]).toEqual([2, 1]);
});

it('re-estimates before the first evaluation after every so many steps, and after the last one', async () => {
  const epochs: number[] = [];
  const data: BatchSource = {
    stepsPerEpoch: 1,
    batches(request) {
      epochs.push(request.epoch);
      return tinyData().batches(request);
    },
  };
  const { batchesPerEpoch } = tinyData();
  const trainer = tinyTrainer([batchNormReestimation({ data, batches: 1, every: 2 * batchesPerEpoch - 1 })]);
  await trainer.fit(tinyData(), { epochs: 3, validation: tinyData() });
  // Before the validation after the second epoch, and before that after the third, which ends the run.
  expect(epochs).toEqual([1, 2]);
  trainer.dispose();
});

describe('an evaluation', () => {
  const images = Array.from({ length: 4 }, (_, i) =>
    Float32Array.from({ length: 36 }, (_, j) => ((i + j) % 7) / 7),
  );
  const inputs = { values: Float32Array.from(images.flatMap((one) => [...one])), shape: [4, 6, 6, 1] };
  const count = (): { data: BatchSource; readonly asked: number[] } => {
    const asked: number[] = [];
    const { batchesPerEpoch } = tinyData();
    return {
      asked,
      data: {
        batchesPerEpoch,
        batches: (request) => (asked.push(request.epoch), tinyData().batches(request)),
      },
    };
  };
  const meanOf = (one: Run): number[] => [...one.variables['batch_normalization_1/moving_mean']!.dataSync()];

  it('has true statistics, while training keeps its own', async () => {
    const own: number[][] = [];
    const watcher: Plugin = {
      name: 'watcher',
      onEvaluateEnd: ({ run, purpose }) => void (purpose === 'validation' && own.push(meanOf(run))),
    };
    const plain = tinyTrainer([watcher]);
    await plain.fit(tinyData(), { epochs: 2, validation: tinyData() });
    const without = own.splice(0);
    const trainer = tinyTrainer([batchNormReestimation({ data: tinyData() }), watcher]);
    await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
    expect(own).toEqual(without);
    const { run } = await trainer.open();
    expect(meanOf(run)).not.toEqual(without.at(-1));
    plain.dispose();
    trainer.dispose();
  });

  it.each(['goes on', 'is resumed in another trainer'])(
    'has the moving statistics of an unbroken run when it %s after fit has ended within an epoch',
    async (how) => {
      const own: number[][] = [];
      const watcher: Plugin = {
        name: 'watcher',
        onEvaluateEnd: ({ run, purpose }) => void (purpose === 'validation' && own.push(meanOf(run))),
      };
      const make = () => tinyTrainer([batchNormReestimation({ data: tinyData() }), watcher]);
      const course = { epochs: 2, validation: tinyData() };
      const unbroken = make();
      await unbroken.fit(tinyData(), course);
      unbroken.dispose();
      const expected = own.splice(0);
      const first = make();
      const { run } = await first.open();
      await first.fit(stoppingAfter(2, run), course);
      own.length = 0;
      const trainer = how === 'goes on' ? first : make();
      if (trainer !== first) {
        await trainer.restore(structuredClone(await first.save()));
        first.dispose();
      }
      await trainer.fit(tinyData(), course);
      expect(own).toEqual(expected);
      trainer.dispose();
    },
  );

  it('computes them once for the same weights, and anew for weights that the user sets', async () => {
    const { data, asked } = count();
    const trainer = tinyTrainer([batchNormReestimation({ data })]);
    await trainer.fit(tinyData(), { epochs: 1, validation: tinyData() });
    const figures = await trainer.evaluate(tinyData());
    const predicted = (await trainer.predict(inputs)) as tf.Tensor;
    expect(await trainer.evaluate(tinyData())).toEqual(figures);
    expect(asked).toEqual([0]);
    const { run } = await trainer.open();
    const kernel = run.variables['conv2d_1/kernel']!;
    tf.tidy(() => kernel.assign(tf.mul(kernel, 2)));
    const others = (await trainer.predict(inputs)) as tf.Tensor;
    expect(asked).toEqual([0, 0]);
    // Batch normalisation divides by the scale, so the outputs stay; with the old statistics they would not.
    expectClose(others, [...predicted.dataSync()], { relative: 1e-2, absolute: 1e-2 });
    tf.dispose([predicted, others]);
    trainer.dispose();
  });

  it('has the same statistics in a resumed run', async () => {
    const options = { data: tinyData(), batches: 1 };
    const trainer = tinyTrainer([batchNormReestimation(options)]);
    await trainer.fit(tinyData(), { epochs: 2 });
    const figures = await trainer.evaluate(tinyData());
    const resumed = tinyTrainer([batchNormReestimation(options)]);
    await resumed.restore(await trainer.save());
    expect(await resumed.evaluate(tinyData())).toEqual(figures);
    trainer.dispose();
    resumed.dispose();
  });

  it('has the stored statistics before the first step, and where all layers are frozen', async () => {
    const { data, asked } = count();
    const trainer = tinyTrainer([batchNormFreezing(), batchNormReestimation({ data })]);
    await trainer.evaluate(tinyData());
    await trainer.fit(tinyData(), { epochs: 1, validation: tinyData() });
    expect(asked).toEqual([]);
    trainer.dispose();
  });
});

/** Tiny data that asks the run to stop after so many batches. */
function stoppingAfter(count: number, run: Run): BatchSource {
  const data = tinyData();
  return {
    batchesPerEpoch: data.batchesPerEpoch,
    *batches(request) {
      let given = 0;
      for (const batch of data.batches(request) as Iterable<HostBatch>) {
        if (++given === count) run.stop('to go on');
        yield batch;
      }
    },
  };
}

interface Host {
  readonly inputs: { readonly values: Float32Array; readonly shape: readonly number[] };
}

describe('batchNormReestimation', () => {
  it.each<[string, unknown, string]>([
    ['no data', {}, 'data is missing'],
    ['data that are none', { data: 3 }, 'data must be a dataset'],
    ['no batches', { data: tinyData(), batches: 0 }, 'batches must be'],
    ['never', { data: tinyData(), every: '0ep' }, 'every must be a length longer than 0'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => batchNormReestimation(options as never)).toThrow(`[batchNormReestimation] ${message}`);
  });

  it('refuses a model that is a function when the run begins', async () => {
    const trainer = tinyTrainer([batchNormReestimation({ data: tinyData() })], {
      model: () => {
        const model = tinyModel();
        return (inputs) => model.apply(inputs as tf.Tensor) as tf.Tensor;
      },
    });
    await expect(trainer.open()).rejects.toThrow(
      '[batchNormReestimation] needs a LayersModel, but the model is a function',
    );
  });
});
