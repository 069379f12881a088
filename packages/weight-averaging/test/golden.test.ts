import { openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { expectClose, flat, loadGolden, type Nested, plain, presentWays } from '@cantrip/testing';
import { type AnyPlugin, meanSquaredError, type Trainer } from '@cantrip/trainer';
import {
  emaDecay,
  moveAverages,
  stochasticWeightAveraging,
  weightAveraging,
} from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

interface Averaged {
  readonly averages: Readonly<Record<string, Nested>>;
  readonly loss: number;
  readonly count?: number;
}

interface Cases {
  readonly decays: Readonly<Record<'ages' | 'warmed up' | 'slow' | 'without', readonly number[]>>;
  readonly data: {
    readonly kernel: number[][];
    readonly bias: number[];
    readonly 'last kernel': number[][];
    readonly 'last bias': number[];
    readonly inputs: number[][];
    readonly targets: number[][];
    readonly batch: number;
    readonly weights: Readonly<Record<string, Nested>>;
  };
  readonly timm: Averaged;
  readonly 'timm, warmed up': Averaged;
  readonly 'timm, from update 3 on': Averaged;
  readonly 'timm, buffers copied': Averaged;
  readonly 'composer, half-life 3': Averaged;
  readonly 'composer, every 2, from 3 on': Averaged;
  readonly swa: Averaged;
  readonly 'swa, every 2, with buffers': Averaged;
  readonly cosine: readonly number[];
  readonly linear: readonly number[];
  readonly 'at once': readonly number[];
}

const { cases, tolerance } = loadGolden<Cases>(new URL('./golden/averages.json', import.meta.url));
const { data } = cases;
const updates = data.inputs.length / data.batch;

function network(): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [2], name: 'first' }),
      layers.batchNormalization({ name: 'norm', momentum: 0.9, epsilon: 1e-3 }),
      layers.activation({ activation: 'relu' }),
      layers.dense({ units: 1, name: 'last' }),
    ],
  });
  const set = (name: string, values: tf.Tensor[]): void => model.getLayer(name).setWeights(values);
  tf.tidy(() => {
    set('first', [tf.tensor(data.kernel), tf.tensor(data.bias)]);
    set('last', [tf.tensor(data['last kernel']), tf.tensor(data['last bias'])]);
  });
  return model;
}

const examples = { inputs: data.inputs, targets: data.targets, batchSize: data.batch, shuffle: false };

const kinds: readonly (readonly [keyof Cases, () => AnyPlugin])[] = [
  ['timm', () => weightAveraging({ decay: 0.7, warmup: false })],
  ['timm, warmed up', () => weightAveraging({ decay: 0.6 })],
  ['timm, from update 3 on', () => weightAveraging({ decay: 0.7, warmup: false, start: 3 })],
  ['timm, buffers copied', () => weightAveraging({ decay: 0.7, warmup: false, statistics: 'copy' })],
  ['composer, half-life 3', () => weightAveraging({ halfLife: 3, warmup: false })],
  ['composer, every 2, from 3 on', () => weightAveraging({ halfLife: 4, warmup: false, every: 2, start: 3 })],
  ['swa', () => stochasticWeightAveraging({ start: 3, every: 1 })],
  [
    'swa, every 2, with buffers',
    () => stochasticWeightAveraging({ start: 2, every: 2, statistics: 'average' }),
  ],
];

describe.each(await presentWays())('averages $name', ({ tinyTrainer }) => {
  const trained = async (plugin: AnyPlugin): Promise<Trainer> => {
    const trainer = tinyTrainer([plugin], {
      model: network,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: meanSquaredError(),
      metrics: [],
    });
    await trainer.fit(examples, { epochs: 1 });
    return trainer;
  };

  it.each(kinds)('equal those of another implementation: %s', async (name, create) => {
    const { averages, loss, count } = cases[name] as Averaged;
    const plugin = create();
    const trainer = await trained(plugin);
    const { variables, plugins } = await trainer.save();
    const weights = plain(variables);
    for (const [one, values] of Object.entries(data.weights)) expectClose(weights[one]!, values, tolerance);
    const found = plain(plugins[plugin.name]!.variables);
    for (const [one, values] of Object.entries(averages))
      expectClose(found[`average/${one}`]!, values, tolerance);
    if (count !== undefined) expect(found['count']).toEqual([count]);
    const evaluated = await trainer.evaluate({ ...examples, batchSize: 7 });
    expectClose([evaluated['loss']!], [loss], { relative: 1e-4 });
    trainer.dispose();
  });

  it('predict what the averaged network predicts', async () => {
    const trainer = await trained(weightAveraging({ decay: 0.7, warmup: false }));
    const outputs = (await trainer.predict(tf.tensor(data.inputs))) as tf.Tensor;
    const errors = Array.from(outputs.dataSync(), (value, row) => (value - data.targets[row]![0]!) ** 2);
    const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length;
    expectClose([mean], [cases.timm.loss], { relative: 1e-4 });
    trainer.dispose();
  });
});

describe('emaDecay', () => {
  it('is that of timm, with and without a warm-up', () => {
    const decays = (options: Parameters<typeof emaDecay>[1]): number[] =>
      cases.decays.ages.map((age) => emaDecay(age, options));
    expectClose(decays({ decay: 0.999 }), cases.decays['warmed up'], { relative: 1e-12 });
    expectClose(
      decays({ decay: 0.95, warmup: { gamma: 5, power: 0.75, minDecay: 0.2 } }),
      cases.decays.slow,
      { relative: 1e-12 },
    );
    expectClose(decays({ decay: 0.999, warmup: false }), cases.decays.without, { relative: 1e-12 });
  });
});

describe('moveAverages', () => {
  it('makes the averages of timm in a loop of your own', async () => {
    await openDevice('cpu');
    const model = network();
    const named = (): Record<string, tf.Variable> =>
      Object.fromEntries(model.weights.map((one) => [one.originalName, one.read() as tf.Variable]));
    const averages = tf.tidy(() =>
      Object.fromEntries(
        Object.entries(named()).map(([key, one]) => [key, tf.variable(tf.clone(one), false)]),
      ),
    );
    const optimizer = tf.train.sgd(0.1);
    for (let update = 0; update < updates; update++) {
      const rows = [update * data.batch, (update + 1) * data.batch] as const;
      const [x, y] = [tf.tensor(data.inputs.slice(...rows)), tf.tensor(data.targets.slice(...rows))];
      optimizer.minimize(() => {
        const outputs = model.apply(x, { training: true }) as tf.Tensor;
        return tf.mean(tf.squaredDifference(outputs, y)) as tf.Scalar;
      });
      moveAverages(averages, named(), 1 - emaDecay(update, { decay: 0.6 }));
    }
    const wanted = cases['timm, warmed up'].averages;
    for (const name of [
      'first/kernel',
      'first/bias',
      'norm/gamma',
      'norm/beta',
      'last/kernel',
      'last/bias',
    ]) {
      expectClose(averages[name]!, wanted[name]!, tolerance);
    }
    expect(flat(wanted['first/kernel']!)).toHaveLength(6);
  });
});

describe('the learning rate of stochastic weight averaging', () => {
  const context = (step: number): never =>
    ({ step, stepsPerEpoch: 10, totalSteps: 100, epoch: 0, state: {} }) as never;
  const rates = (options: object, from: number): number[] =>
    Array.from({ length: 8 }, (_, step) =>
      stochasticWeightAveraging({ start: from, ...options }).scheduleLearningRate!(0.4, context(from + step)),
    );

  it('is that of SWALR', () => {
    expectClose(rates({ learningRate: 0.1, anneal: 5 }, 20), cases.cosine, { relative: 1e-9 });
    expectClose(rates({ learningRate: 0.1, anneal: 4, annealing: 'linear' }, 7), cases.linear, {
      relative: 1e-9,
    });
    expectClose(rates({ learningRate: 0.05, anneal: 0 }, 0), cases['at once'], { relative: 1e-9 });
  });

  it('is that of the run before the start', () => {
    const { scheduleLearningRate } = stochasticWeightAveraging({ start: 20, learningRate: 0.1 });
    expect(scheduleLearningRate!(0.4, context(19))).toBe(0.4);
    expect(stochasticWeightAveraging().scheduleLearningRate).toBeUndefined();
  });
});
