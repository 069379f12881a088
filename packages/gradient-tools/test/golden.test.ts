import { openDevice } from '@cantrip/core-tensor-gpu';
import {
  adaptiveGradientClipping,
  centralizeGradients,
  clipAdaptively,
  gradientCentralization,
  gradientNoiseDeviation,
} from '@cantrip/gradient-tools';
import { accumulateGradients, type Optimizer, sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, type Nested, presentWays, weightsOf } from '@cantrip/testing';
import { type AnyPlugin, meanSquaredError } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

type Named = Readonly<Record<string, Nested>>;
interface Cases {
  readonly data: {
    readonly weights: Named;
    readonly gradients: Named;
    readonly start: readonly [number[][], number[], number[][], number[]];
    readonly inputs: number[][];
    readonly targets: number[][];
    readonly batch: number;
  };
  readonly centralized: Named;
  readonly 'centralized convolutions': Named;
  readonly timm: Named;
  readonly 'timm, large epsilon': Named;
  readonly composer: Named;
  readonly noise: readonly {
    readonly eta: number;
    readonly gamma: number;
    readonly deviations: readonly number[];
  }[];
}
type Trained = Readonly<Record<string, readonly Nested[]>>;

const golden = loadGolden<Cases>(new URL('./golden.json', import.meta.url));
const { cases, tolerance } = golden;
const { data } = cases;
const trained = cases as unknown as Trained;

const tensorsOf = (named: Named): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(named).map(([name, values]) => [name, tf.tensor(values as number[])]));

const expectNamed = (found: Readonly<Record<string, tf.Tensor>>, expected: Named): void => {
  for (const [name, values] of Object.entries(expected)) expectClose(found[name]!, values, tolerance);
};

const devices = [...new Set((await presentWays()).map(({ options }) => options.device))];

describe.each(devices)('on %s', (device) => {
  it('centralizes each kind of weight as pytorch_optimizer', async () => {
    await openDevice(device);
    const gradients = tensorsOf(data.gradients);
    expectNamed(centralizeGradients(gradients), cases.centralized);
  });

  it('centralizes only convolutions where asked, with one axis too', async () => {
    await openDevice(device);
    const found = centralizeGradients(tensorsOf(data.gradients), { only: 'convolutions' });
    // There, a convolution has two axes of space.
    const { 'conv1d_1/kernel': _, ...others } = cases['centralized convolutions'];
    expectNamed(found, { ...others, 'conv1d_1/kernel': cases.centralized['conv1d_1/kernel']! });
  });

  it('clips each kind of weight as timm', async () => {
    await openDevice(device);
    const [weights, gradients] = [tensorsOf(data.weights), tensorsOf(data.gradients)];
    expectNamed(clipAdaptively(weights, gradients, { clipping: 0.1 }), cases.timm);
    expectNamed(
      clipAdaptively(weights, gradients, { clipping: 0.3, epsilon: 2 }),
      cases['timm, large epsilon'],
    );
  });

  it('clips as Composer where no weight is 0', async () => {
    await openDevice(device);
    const found = clipAdaptively(tensorsOf(data.weights), tensorsOf(data.gradients), { clipping: 0.1 });
    expectNamed(found, cases.composer);
  });
});

describe('gradientNoiseDeviation', () => {
  it('is that of optax', () => {
    for (const { eta, gamma, deviations } of cases.noise) {
      const found = deviations.map((_, step) => gradientNoiseDeviation(step, { eta, gamma }));
      expectClose(found, deviations, { relative: 1e-12 });
    }
  });
});

const plain = sgd({ learningRate: 0.5, momentum: 0.9 });
const decayed = sgd({ learningRate: 0.5, momentum: 0.9, weightDecay: 0.1 });
const twoBatches = accumulateGradients(plain, { steps: 2 });
const clipping = adaptiveGradientClipping({ clipping: 0.1 });
const kinds: readonly (readonly [string, AnyPlugin, Optimizer])[] = [
  ['trained, centralized', gradientCentralization(), plain],
  ['trained, clipped', clipping, plain],
  ['trained, clipped, weight decay', clipping, decayed],
  ['trained, clipped, two batches a step', clipping, twoBatches],
  [
    'trained, clipped but for the last layer',
    adaptiveGradientClipping({ clipping: 0.1, except: ['dense_2/*'] }),
    plain,
  ],
];

describe.each(await presentWays())('a training $name', ({ tinyTrainer }) => {
  it.each(kinds)('ends with the weights of PyTorch: %s', async (name, plugin, optimizer) => {
    const trainer = tinyTrainer([plugin], {
      model: () =>
        sequential({
          layers: [
            layers.dense({ units: 3, inputShape: [2], activation: 'tanh' }),
            layers.dense({ units: 1 }),
          ],
        }),
      optimizer,
      loss: meanSquaredError(),
      metrics: [],
    });
    const { run } = await trainer.open();
    const [first, last] = (run.model as LayersModel).layers;
    const [kernel, bias, lastKernel, lastBias] = data.start;
    first!.setWeights([tf.tensor(kernel), tf.tensor(bias)]);
    last!.setWeights([tf.tensor(lastKernel), tf.tensor(lastBias)]);
    const { inputs, targets, batch } = data;
    await trainer.fit({ inputs, targets, batchSize: batch, shuffle: false }, { epochs: 1 });
    const found = Object.values(await weightsOf(trainer));
    const expected = trained[name]!;
    expect(found.length).toBe(expected.length);
    for (const [i, values] of expected.entries())
      expectClose(found[i]!, values, { relative: 5e-5, absolute: 5e-6 });
    trainer.dispose();
  });
});
