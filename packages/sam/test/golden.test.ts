import { openDevice } from '@cantrip/core-tensor-gpu';
import { clip, type Optimizer, sgd } from '@cantrip/optimizers';
import { perturbations, sam } from '@cantrip/sam';
import { expectClose, loadGolden, type Nested, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { type AnyPlugin, meanSquaredError } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly weights: readonly Nested[];
  readonly losses: readonly number[];
}
type Start = [number[][], number[], number[][], number[]];
interface Data {
  readonly start: Start;
  readonly inputs: number[][];
  readonly targets: number[][];
  readonly batch: number;
}

const golden = loadGolden<Readonly<Record<string, Case>> & { readonly data: Data }>(
  new URL('./golden/sam.json', import.meta.url),
);
/** ASAM, with eta and without. */
const adaptive = ['sam-eta', 'asam'].map((file) =>
  loadGolden<Readonly<Record<string, Case>>>(new URL(`./golden/${file}.json`, import.meta.url)),
);
const { data } = golden.cases;

const plain = sgd({ learningRate: 0.1, momentum: 0.9 });
const kinds: readonly (readonly [string, AnyPlugin, Optimizer])[] = [
  ['SAM', sam(), plain],
  ['SAM, rho 0.5', sam({ rho: 0.5 }), plain],
  ['SAM, every third step', sam({ rho: 0.3, interval: 3 }), plain],
  ['SAM, weight decay', sam({ rho: 0.3 }), sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 })],
  ['SAM, clipped', sam({ rho: 0.3 }), clip(plain, { globalNorm: 0.2 })],
  ['ASAM', sam({ adaptive: true }), plain],
  ['ASAM, rho 2', sam({ adaptive: true, rho: 2 }), plain],
  [
    'ASAM, weight decay',
    sam({ adaptive: true }),
    sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 }),
  ],
  ['ASAM, eta 0.01', sam({ adaptive: true, eta: 0.01 }), plain],
  ['ASAM, eta 0.5', sam({ adaptive: true, eta: 0.5 }), plain],
];

/** With eta, one weight is 0 at first: it moves uphill only because of eta. */
const withZero = (kernel: number[][]): number[][] =>
  kernel.map((row, at) => (at === 0 ? [0, ...row.slice(1)] : row));

const network = (): LayersModel =>
  sequential({
    layers: [layers.dense({ units: 3, inputShape: [2], activation: 'tanh' }), layers.dense({ units: 1 })],
  });

describe.each(await presentWays())('sharpness-aware minimization $name', ({ tinyTrainer }) => {
  it.each(kinds)('trains as another implementation: %s', async (name, plugin, optimizer) => {
    const losses: number[] = [];
    const reader: AnyPlugin = {
      name: 'reader',
      onStepEnd: async ({ loss }) => void losses.push(await loss()),
    };
    const trainer = tinyTrainer([plugin, reader], {
      model: network,
      optimizer,
      loss: meanSquaredError(),
      metrics: [],
    });
    const { run } = await trainer.open();
    const [first, last] = (run.model as LayersModel).layers;
    const [kernel, bias, lastKernel, lastBias] = data.start;
    const { cases, tolerance } = adaptive.find((one) => name in one.cases) ?? golden;
    const begun = name.includes('eta') ? withZero(kernel) : kernel;
    first!.setWeights([tf.tensor(begun), tf.tensor(bias)]);
    last!.setWeights([tf.tensor(lastKernel), tf.tensor(lastBias)]);
    const { inputs, targets, batch } = data;
    await trainer.fit({ inputs, targets, batchSize: batch, shuffle: false }, { epochs: 1 });
    expectClose(losses, cases[name]!.losses, { relative: 1e-4 });
    const found = Object.values(await weightsOf(trainer));
    for (const [i, values] of cases[name]!.weights.entries()) expectClose(found[i]!, values, tolerance);
    trainer.dispose();
  });

  it('moves the statistics of batch normalisation once, or twice where asked', async () => {
    const means = async (plugin: AnyPlugin): Promise<unknown> => {
      const trainer = tinyTrainer([plugin]);
      await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
      const found = Object.entries(await weightsOf(trainer)).filter(([name]) => /moving/i.test(name));
      trainer.dispose();
      return found;
    };
    const once = await means({ name: 'none' });
    expect(await means(sam({ rho: 0.5 }))).toEqual(once);
    expect(await means(sam({ rho: 0.5, statistics: 'move' }))).not.toEqual(once);
  });

  it('gives the weights their own bits back', async () => {
    const trainer = tinyTrainer([sam({ rho: 3 })], { optimizer: sgd({ learningRate: 0 }) });
    await trainer.open();
    const trained = async (): Promise<unknown> =>
      Object.entries(await weightsOf(trainer)).filter(([name]) => !/moving/i.test(name));
    const before = await trained();
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(await trained()).toEqual(before);
    trainer.dispose();
  });
});

describe('perturbations', () => {
  it('have the length rho, and eta moves weights that are 0', async () => {
    await openDevice('cpu');
    const weights = { w: tf.tensor1d([0, 2]) };
    const gradients = { w: tf.tensor1d([3, 4]) };
    expectClose(perturbations(weights, gradients, { rho: 0.5 })['w']!, [0.3, 0.4], { relative: 1e-6 });
    expectClose(perturbations(weights, gradients, { rho: 1, adaptive: true })['w']!, [0, 2], {
      relative: 1e-6,
    });
    const { w } = perturbations(weights, gradients, { rho: 1, adaptive: true, eta: 1 });
    expect(w!.dataSync()[0]).toBeGreaterThan(0);
    expectClose(perturbations(weights, { w: tf.zeros([2]) })['w']!, [0, 0], {});
    const atZero = perturbations({ w: tf.zeros([2]) }, gradients, { rho: 1, adaptive: true });
    expectClose(atZero['w']!, [0, 0], {});
  });

  it('refuse wrong options, and a gradient without its weight, in a sentence', () => {
    for (const options of [{ rho: -1 }, { rho: NaN }, { eta: -1 }, { adaptive: 1 }, { roh: 1 }] as never[])
      expect(() => sam(options)).toThrow(/^\[sam\] .+ .+\. .+\. \(OPTION_INVALID\)$/);
    for (const interval of [0, 1.5, Infinity]) expect(() => sam({ interval })).toThrow(/OPTION_INVALID/);
    expect(() => perturbations({}, { w: tf.zeros([2]) })).toThrow(
      /weights\.w must have shape \[2\], got none/,
    );
  });
});
