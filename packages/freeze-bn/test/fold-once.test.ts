import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { batchNormFreezing, freezeBatchNorm } from '@cantrip/freeze-bn';
import { expectClose, presentDevices, presentWays, tinyData } from '@cantrip/testing';
import type { Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, outputs, trainStep, twoNorms } from './models.ts';

/** Ops that folding a scale and a shift takes, and those of normalising with the batch. */
const foldingOrStatistics = /^(Rsqrt|Sqrt|SquaredDifference|Mean|CantripBatchNormTraining)$/;

const tolerance = { relative: 1e-5, absolute: 1e-5 };

/** What tfjs-layers assigns when it loads weights, twice as large. */
function enlarge(model: tfl.LayersModel): void {
  for (const layer of model.layers) {
    layer.setWeights(layer.getWeights().map((weight) => tf.mul(weight, 2)));
  }
}

describe.each(await presentDevices(['cpu', 'tensorflow', 'wasm']))('a frozen layer on %s', (device) => {
  beforeAll(() => openDevice(device));

  it('computes no statistics, no gradient of its own, and folds nothing in a step', async () => {
    const model = twoNorms();
    const undo = freezeBatchNorm(model);
    const step = (): void => {
      tf.tidy(() => {
        const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
        tf.variableGrads(() => tf.sum(model.apply(batch(), { training: true }) as tf.Tensor), variables);
      });
    };
    const { kernelNames } = await tf.profile(() => (step(), tf.scalar(0)));
    expect(kernelNames.filter((name) => foldingOrStatistics.test(name))).toEqual([]);
    undo();
    const unfrozen = await tf.profile(() => (step(), tf.scalar(0)));
    expect(unfrozen.kernelNames.filter((name) => foldingOrStatistics.test(name))).not.toEqual([]);
  });

  it('follows its variables when they are assigned', () => {
    const model = twoNorms();
    const undo = freezeBatchNorm(model);
    enlarge(model);
    expectClose(outputs(model, true), outputs(model, false), tolerance);
    // The gradient too, which takes the scale alone.
    const gradient = (training: boolean): number[] => [
      ...tf
        .grad((x) => tf.sum(model.apply(x, { training }) as tf.Tensor))(batch())
        .dataSync(),
    ];
    const frozen = gradient(true);
    undo();
    expectClose(frozen, gradient(false), tolerance);
  });

  it('frees what it holds when it is thawed, and lets assignments alone', () => {
    const model = twoNorms();
    const before = tf.memory().numTensors;
    const undos = [freezeBatchNorm(model), freezeBatchNorm(model, { layers: 'stem_bn' })];
    trainStep(model);
    undos.forEach((undo) => undo());
    expect(tf.memory().numTensors).toBe(before);
    const variable = (model.getLayer('stem_bn').weights[0] as tfl.LayerVariable).read();
    expect(Object.hasOwn(variable, 'assign')).toBe(false);
  });
});

describe.each(await presentWays())('a frozen layer, $name', (way) => {
  it('follows a trainer that is restored', async () => {
    const norm = 'batch_normalization_1';
    const seen: number[] = [];
    const recorder: Plugin = {
      name: 'recorder',
      async onStepEnd({ loss }) {
        seen.push(await loss());
      },
    };
    const trainer = way.tinyTrainer([batchNormFreezing(), recorder]);
    await trainer.fit(tinyData(), { epochs: 1 });
    const snapshot = await trainer.save();
    const variables = { ...snapshot.variables };
    variables[`${norm}/gamma`] = {
      ...variables[`${norm}/gamma`]!,
      values: Float32Array.from(variables[`${norm}/gamma`]!.values, (value) => value * 3),
    };
    await trainer.restore({ ...snapshot, variables });
    await trainer.fit(tinyData(), { epochs: 2 });
    // Freezes when the weights are there already.
    const fresh = way.tinyTrainer([batchNormFreezing({ at: 3 }), { ...recorder }]);
    await fresh.restore({ ...snapshot, variables });
    await fresh.fit(tinyData(), { epochs: 2 });
    const [first, second] = [seen.slice(3, 6), seen.slice(6)];
    expect(second).toEqual(first);
    await trainer.restore(snapshot);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(seen.slice(9)).not.toEqual(first);
    trainer.dispose();
    fresh.dispose();
  });
});

const native = await presentDevices(['tensorflow']);

/** The gradient of frozen layers; gamma and the mean of one are assigned by the step itself where it is told to. */
function gradientStep(model: tfl.LayersModel, assigns: boolean): (inputs: { x: tf.Tensor }) => tf.Tensor {
  const [gamma, , mean] = weightsOf(model);
  return ({ x }) => {
    const gradient = tf.grad((given) =>
      tf.sum(tf.square(model.apply(given, { training: true }) as tf.Tensor)),
    );
    const result = gradient(x);
    if (assigns) {
      gamma!.assign(tf.mul(gamma!, 2));
      mean!.assign(tf.add(mean!, 1));
    }
    return result;
  };
}

const weightsOf = (model: tfl.LayersModel): tf.Variable[] =>
  model.getLayer('head_bn').weights.map((weight) => (weight as tfl.LayerVariable).read() as tf.Variable);

describe.skipIf(native.length === 0)('in a captured step', () => {
  beforeAll(() => openDevice('tensorflow'));

  it('it folds nothing', async () => {
    const model = twoNorms();
    const undo = freezeBatchNorm(model);
    const step = captureStep(gradientStep(model, false));
    const { kernelNames } = await tf.profile(() => step.runSync({ x: batch() }));
    // What was recorded, which is all that is replayed.
    expect(kernelNames).toContain('FusedBatchNorm');
    expect(kernelNames.filter((name) => foldingOrStatistics.test(name))).toEqual([]);
    step.dispose();
    undo();
  });

  it.each([
    { assigns: false, by: 'between steps' },
    { assigns: true, by: 'by the step itself' },
  ])('it follows what is assigned $by, as op by op', ({ assigns }) => {
    const weights = twoNorms()
      .getWeights()
      .map((weight) => tf.clone(weight));
    const [captured, eager] = [true, false].map((capture) => {
      const model = twoNorms();
      model.setWeights(weights);
      const undo = freezeBatchNorm(model);
      const run = gradientStep(model, assigns);
      const step = captureStep(run);
      const gradients = [1, 2, 3].map(() => {
        const inputs = { x: batch() };
        const gradient = [...(capture ? step.runSync(inputs) : tf.tidy(() => run(inputs))).dataSync()];
        if (!assigns) enlarge(model);
        return gradient;
      });
      step.dispose();
      undo();
      return gradients;
    });
    captured!.forEach((gradient, at) => expectClose(gradient, eager![at]!, tolerance));
    expect(captured![1]).not.toEqual(captured![0]);
    expect(captured![2]).not.toEqual(captured![1]);
  });
});
