import { adam, adamw, type Optimizer, rmsprop, scheduled, sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, presentWays, type Way, weightsOf } from '@cantrip/testing';
import type { BatchSource, Plugin, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { hyperparameterSchedule } from '../src/index.ts';

interface Parameters {
  readonly kernels: readonly (readonly number[])[];
  readonly biases: readonly (readonly number[])[];
}

interface Cases {
  readonly inputs: Parameters & {
    readonly examples: readonly (readonly number[])[];
    readonly labels: readonly (readonly number[])[];
    /** By torch's name of a hyperparameter: its value at each step for either group. */
    readonly schedules: Readonly<Record<string, Readonly<Record<keyof Parameters, readonly number[]>>>>;
  };
  readonly trajectories: Readonly<Record<string, readonly Parameters[]>>;
}

const url = new URL('./golden/groups.json', import.meta.url);
const { cases, tolerance } = loadGolden<Cases>(url);
const { inputs, trajectories } = cases;

const biases = { match: '**/bias' } as const;
/** A hyperparameter of the weights, which the optimizer has, and of the biases, which their group has. */
const ours = (name: string) => scheduled(`kernels ${name}`);
const their = (name: string) => scheduled(`biases ${name}`);
const rates = { match: '**/kernel', learningRate: ours('lr') } as const;
const common = { learningRate: their('lr'), weightDecay: their('weight_decay') };
const moments = { beta1: their('beta1'), beta2: their('beta2'), epsilon: their('eps') };
const adamOptions = {
  beta1: ours('beta1'),
  beta2: ours('beta2'),
  epsilon: ours('eps'),
  weightDecay: ours('weight_decay'),
  groups: [rates, { ...biases, ...common, ...moments }],
};

const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({
    momentum: ours('momentum'),
    dampening: ours('dampening'),
    weightDecay: ours('weight_decay'),
    groups: [rates, { ...biases, ...common, momentum: their('momentum'), dampening: their('dampening') }],
  }),
  'sgd nesterov': sgd({
    nesterov: true,
    momentum: ours('momentum'),
    weightDecay: ours('weight_decay'),
    groups: [rates, { ...biases, ...common, momentum: their('momentum') }],
  }),
  adam: adam(adamOptions),
  adamw: adamw(adamOptions),
  rmsprop: rmsprop({
    decay: ours('alpha'),
    epsilon: ours('eps'),
    momentum: ours('momentum'),
    weightDecay: ours('weight_decay'),
    groups: [
      rates,
      { ...biases, ...common, decay: their('alpha'), epsilon: their('eps'), momentum: their('momentum') },
    ],
  }),
};

const schedules = Object.fromEntries(
  Object.entries(inputs.schedules).flatMap(([name, groups]) =>
    Object.entries(groups).map(([group, values]) => [
      `${group} ${name}`,
      (step: number): number => values[step]!,
    ]),
  ),
);

function network(): LayersModel {
  const weights = (layer: number, shape: [number, number]): tf.Tensor[] => [
    tf.tensor2d([...inputs.kernels[layer]!], shape),
    tf.tensor1d([...inputs.biases[layer]!]),
  ];
  return sequential({
    layers: [
      layers.dense({ units: 4, activation: 'tanh', inputShape: [3], weights: weights(0, [3, 4]) }),
      layers.dense({ units: 2, weights: weights(1, [4, 2]) }),
    ],
  });
}

const data: BatchSource = {
  stepsPerEpoch: inputs.examples.length,
  *batches() {
    for (const [step, values] of inputs.examples.entries()) {
      yield {
        inputs: { values: Float32Array.from(values), shape: [5, 3] },
        targets: { values: Int32Array.from(inputs.labels[step]!), shape: [5] },
        size: 5,
      };
    }
  },
};

/** The parameters after each step. */
async function trajectoryOf(optimizer: Optimizer, way: Way): Promise<readonly Parameters[]> {
  const seen: Parameters[] = [];
  const observer: Plugin = { name: 'observer', onStepEnd: async () => void seen.push(await parameters()) };
  const plugins = [hyperparameterSchedule(schedules), observer];
  const trainer: Trainer = way.tinyTrainer(plugins, { model: network, optimizer, metrics: [] });
  const parameters = async (): Promise<Parameters> => {
    const { 'dense_1/kernel': first, 'dense_1/bias': bias, ...last } = await weightsOf(trainer);
    return { kernels: [first!, last['dense_2/kernel']!], biases: [bias!, last['dense_2/bias']!] };
  };
  await trainer.fit(data, { epochs: 1 });
  trainer.dispose();
  return seen;
}

describe.each(await presentWays())('two groups, every hyperparameter of either scheduled, $name', (way) => {
  it.each(Object.entries(optimizers))('train as in PyTorch with %s', async (name, optimizer) => {
    const seen = await trajectoryOf(optimizer, way);
    const wanted = trajectories[name]!;
    expect(seen).toHaveLength(wanted.length);
    seen.forEach(({ kernels, biases }, step) => {
      expectClose(kernels.flat(), wanted[step]!.kernels, tolerance);
      expectClose(biases.flat(), wanted[step]!.biases, tolerance);
    });
  });
});
