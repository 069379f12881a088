import '@tensorflow/tfjs-backend-cpu';
import type { HostTensor } from '@cantrip/ops';
import { batchNormFreezing, freezeBatchNorm, frozenBatchNorm } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import { expectClose, type Nested, presentWays } from '@cantrip/testing';
import { type BatchSource, meanSquaredError, type Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import functionGolden from './golden/function.json' with { type: 'json' };
import golden from './golden/network.json' with { type: 'json' };

type Weights = Readonly<Record<string, Nested>>;

/** The order in which the model below gives its weights. */
const weightNames = [
  'kernel',
  'bias',
  'gamma',
  'beta',
  'movingMean',
  'movingVariance',
  'headKernel',
  'headBias',
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The network of tools/golden/freeze_bn.py, with its weights. */
function network(weights: Weights, affine: boolean): tfl.Sequential {
  const { layers } = tfl;
  const model = tfl.sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [4, 4, 2], name: 'conv' }),
      layers.batchNormalization({ scale: affine, center: affine, name: 'bn' }),
      layers.activation({ activation: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 2, name: 'head' }),
    ],
  });
  for (const layer of model.layers) {
    const names = { conv: ['kernel', 'bias'], bn: weightNames.slice(2, 6), head: ['headKernel', 'headBias'] }[
      layer.name
    ];
    const values = (names ?? [])
      .filter((name) => name in weights)
      .map((name) => tf.tensor(weights[name] as number[]));
    layer.setWeights(values);
  }
  return model;
}

const weightsOf = (model: tfl.LayersModel): tf.Tensor[] =>
  model.layers.flatMap((layer) => layer.getWeights());

describe.each(Object.entries(golden.cases))(
  'a network of PyTorch with its BatchNorm2d in eval(), %s',
  (name, expected) => {
    const before = expected.before as Weights;
    const affine = 'gamma' in before;
    const option = name === 'gamma and beta trained' ? 'train' : 'freeze';
    const inputs = (): tf.Tensor => tf.tensor(expected.inputs);
    const loss = (model: tfl.LayersModel): tf.Scalar =>
      tf.losses.meanSquaredError(
        tf.tensor(expected.targets),
        model.apply(inputs(), { training: true }) as tf.Tensor,
      );

    it('has the same outputs in training', () => {
      const model = network(before, affine);
      freezeBatchNorm(model, { affine: option });
      expectClose(model.apply(inputs(), { training: true }) as tf.Tensor, expected.outputs, golden.tolerance);
    });

    it('has the same gradients', () => {
      const model = network(before, affine);
      freezeBatchNorm(model, { affine: option });
      const { grads } = tf.variableGrads(() => loss(model));
      const gradientOf = (weight: string): tf.Tensor | undefined =>
        Object.entries(grads).find(([key]) => new RegExp(`(^|/)${weight}(_\\d+)?$`).test(key))?.[1];
      const first = Object.entries(grads).find(([key]) => key.includes('conv') && key.includes('kernel'))![1];
      expectClose(first, expected.gradients.kernel, golden.tolerance);
      expect(gradientOf('gamma') !== undefined).toBe('gamma' in expected.gradients);
      if ('gamma' in expected.gradients)
        expectClose(gradientOf('gamma')!, expected.gradients.gamma, golden.tolerance);
      tf.disposeVariables();
    });

    it('has the same losses and ends in the same weights', () => {
      const model = network(before, affine);
      freezeBatchNorm(model, { affine: option });
      const optimizer = tf.train.sgd(expected.learningRate);
      const losses = expected.losses.map(() => optimizer.minimize(() => loss(model), true)!.dataSync()[0]!);
      expectClose(losses, expected.losses, golden.tolerance);
      const after = weightNames
        .filter((weight) => weight in before)
        .map((weight) => (expected.after as Weights)[weight]!);
      weightsOf(model).forEach((weight, i) => expectClose(weight, after[i]!, golden.tolerance));
      tf.disposeVariables();
    });
  },
);

describe('frozenBatchNorm', () => {
  const { x, mean, variance, gamma, beta, epsilon, y, gradients } = functionGolden.cases['four axes'];
  const statistics = { mean: tf.tensor1d(mean), variance: tf.tensor1d(variance), epsilon };

  it('has the values and the gradients of PyTorch', () => {
    const normalize = (input: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
      frozenBatchNorm(input, { ...statistics, gamma: scale, beta: offset });
    const inputs = [tf.tensor(x), tf.tensor(gamma), tf.tensor(beta)] as const;
    expectClose(normalize(...inputs), y, functionGolden.tolerance);
    const found = tf.grads((input, scale, offset) => tf.sum(tf.square(normalize(input!, scale!, offset!))))([
      ...inputs,
    ]);
    Object.values(gradients).forEach((wanted, i) => expectClose(found[i]!, wanted, functionGolden.tolerance));
  });
});

describe.each(await presentWays())('trained by a trainer, $name', (way) => {
  it.each(Object.entries(golden.cases))('%s, it does as in PyTorch', async (name, expected) => {
    const before = expected.before as Weights;
    const losses: number[] = [];
    const recorder: Plugin = {
      name: 'recorder',
      async onStepEnd({ loss }) {
        losses.push(await loss());
      },
    };
    const affine = name === 'gamma and beta trained' ? 'train' : 'freeze';
    const trainer = way.tinyTrainer([batchNormFreezing({ affine }), recorder], {
      model: () => network(before, 'gamma' in before),
      optimizer: sgd({ learningRate: expected.learningRate }),
      loss: meanSquaredError(),
      metrics: [],
    });
    await trainer.fit(again(expected.inputs, expected.targets), { epochs: expected.losses.length });
    expectClose(losses, expected.losses, golden.tolerance);
    const after = weightNames
      .filter((weight) => weight in before)
      .map((weight) => (expected.after as Weights)[weight]!);
    const { run } = await trainer.open();
    weightsOf(run.model as tfl.LayersModel).forEach((weight, i) =>
      expectClose(weight, after[i]!, golden.tolerance),
    );
    trainer.dispose();
  });
});

/** The same batch at every step, of which an epoch has one. */
function again(inputs: Nested, targets: Nested): BatchSource {
  const host = (given: Nested): HostTensor => {
    const { shape, values } = tf.tidy(() => {
      const tensor = tf.tensor(given as number[]);
      return { shape: tensor.shape, values: tensor.dataSync() as Float32Array };
    });
    return { shape, values };
  };
  const batch = { inputs: host(inputs), targets: host(targets), size: (inputs as number[]).length };
  return { stepsPerEpoch: 1, batches: () => [batch] };
}
