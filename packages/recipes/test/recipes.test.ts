import { adamw, layerwiseDecay, noDecayOnBiasesAndNorms, sgd } from '@cantrip/optimizers';
import {
  expectClose,
  loadGolden,
  tinyData,
  tinyResidualModel,
  tinyTrainer,
  weightsOf,
} from '@cantrip/testing';
import { type AnyPlugin, meanSquaredError, type PluginList } from '@cantrip/trainer';
import type { weightAveraging } from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { bagOfTricks, fineTuning, type PublishedRecipe, reproducible } from '../src/index.ts';

const golden = loadGolden<Record<PublishedRecipe, number[]> & { readonly fineTuning: readonly number[][] }>(
  new URL('golden/rates.json', import.meta.url),
);

const names = (list: PluginList): readonly string[] =>
  list.flatMap((one) => (one ? [(one as AnyPlugin).name] : []));

/** The learning rate of each step of eight epochs with three steps. */
async function ratesOf(list: PluginList): Promise<readonly number[]> {
  const rates: number[] = [];
  const observer: AnyPlugin = {
    name: 'observer',
    onStepEnd: ({ learningRate }) => void rates.push(learningRate),
  };
  const trainer = tinyTrainer([list, observer], { model: tinyResidualModel });
  await trainer.fit(tinyData(), { epochs: 8 });
  trainer.dispose();
  return rates;
}

describe('bagOfTricks', () => {
  it.each([
    ['he-2019', ['zero-gamma', 'lr-schedules', 'mixup', 'label-smoothing']],
    ['torchvision-2021', ['lr-schedules', 'random-erasing', 'mixup', 'label-smoothing', 'weight-averaging']],
    ['timm-a2', ['lr-schedules', 'mixup', 'stochastic-depth']],
  ] as const)('lists the plugins of %s', (recipe, expected) => {
    expect(names(bagOfTricks({ recipe, learningRate: 0.1 }))).toEqual(expected);
  });

  it.each(['he-2019', 'torchvision-2021', 'timm-a2'] as const)(
    'has the rates of %s as its authors compute them',
    async (recipe) => {
      const rates = await ratesOf(bagOfTricks({ recipe, learningRate: 0.4, epochs: 8 }));
      expectClose(rates, golden.cases[recipe], golden.tolerance);
    },
  );

  it("averages every 32 steps with torchvision's decay, once the rate has warmed up", async () => {
    const list = bagOfTricks({ recipe: 'torchvision-2021', learningRate: 0.05, epochs: 30, batchSize: 9000 });
    const averaging = list.at(-1) as ReturnType<typeof weightAveraging>;
    const shares = new Set<number>();
    const movedAt: number[] = [];
    let last = '';
    const observer: AnyPlugin = {
      name: 'observer',
      scheduleScalars: (scalars) => {
        shares.add(scalars['weight-averaging/share']!);
        return scalars;
      },
      onStepEnd: async ({ run, step }) => {
        const kernel = run.use(averaging).averages()['dense_1/kernel'];
        const now = kernel ? String(await kernel.data()) : '';
        if (now !== last) movedAt.push(step);
        last = now;
      },
    };
    const trainer = tinyTrainer([...list, observer]);
    await trainer.fit(tinyData(), { epochs: 30 });
    trainer.dispose();
    // train.py has alpha = min(1, (1 - 0.99998) * 9000 * 32 / 30) = 0.192. The first average is a copy.
    expect([...shares].map((share) => Number(share.toFixed(9)))).toEqual([1, 0.192]);
    // Before the warm-up has ended the averages are what the variables begin with.
    expect(movedAt).toEqual([1, 15, 32, 64]);
  });

  it.each([
    {},
    { learningRate: 0 },
    { learningRate: Infinity },
    { learningRate: 0.1, epochs: 5 },
    { learningRate: 0.1, recipe: 'he' },
    { learningRate: 0.1, batchSize: 0 },
  ])('refuses %o with a sentence', (options) => {
    expect(() => bagOfTricks(options as never)).toThrow(/^\[bagOfTricks\] .+\. .+\. \(OPTION_INVALID\)$/);
  });
});

describe('fineTuning', () => {
  it('freezes batch normalisation below 16 examples only', () => {
    expect(names(fineTuning({ learningRate: 0.01, batchSize: 15 }))).toEqual([
      'freeze-bn',
      'lr-schedules',
      'weight-averaging',
    ]);
    expect(names(fineTuning({ learningRate: 0.01, batchSize: 16 }))).toEqual([
      'lr-schedules',
      'weight-averaging',
    ]);
  });

  it('leaves out the warm-up and the average on request', async () => {
    const list = fineTuning({ learningRate: 0.01, batchSize: 16, warmupShare: 0, averageDecay: 0 });
    expect(names(list)).toEqual(['lr-schedules']);
    expect((await ratesOf(list))[0]).toBeCloseTo(0.01, 9);
  });

  it("has timm's rate for each layer in each step", async () => {
    const layerNames = ['stem', 'first', 'second', 'head'];
    const ones: AnyPlugin = {
      name: 'ones',
      transformGradients: (gradients) =>
        Object.fromEntries(Object.entries(gradients).map(([name, one]) => [name, tf.onesLike(one)])),
    };
    // The way that each kernel has gone: the sum of its rates, since each of its gradients is 1.
    const ways: number[][] = layerNames.map(() => []);
    const observer: AnyPlugin = {
      name: 'observer',
      onStepEnd({ run }) {
        for (const [at, name] of layerNames.entries())
          ways[at]!.push(-run.variables[`${name}/kernel`]!.dataSync()[0]!);
      },
    };
    const list = fineTuning({ learningRate: 0.4, batchSize: 32, warmupShare: 1 / 8, averageDecay: 0 });
    const trainer = tinyTrainer([list, ones, observer], {
      model: () =>
        sequential({
          layers: layerNames.map((name, at) =>
            layers.dense({
              ...{ units: 1, name, kernelInitializer: 'zeros' },
              ...(at === 0 && { inputShape: [1] }),
            }),
          ),
        }),
      loss: meanSquaredError(),
      metrics: [],
      optimizer: sgd({
        groups: layerwiseDecay({ layers: layerNames.map((name) => `${name}/**`), decay: 0.75 }),
      }),
    });
    const numbers = Array.from({ length: 12 }, (_, at) => [at]);
    await trainer.fit({ inputs: numbers, targets: numbers, batchSize: 4 }, { epochs: 8 });
    trainer.dispose();
    for (const [at, rates] of golden.cases.fineTuning.entries()) {
      const sums = rates.map((_, step) => rates.slice(0, step + 1).reduce((sum, rate) => sum + rate, 0));
      expectClose(ways[at]!, sums, golden.tolerance);
    }
  });

  it('trains the layers, and leaves frozen statistics as they are', async () => {
    const trainer = tinyTrainer(fineTuning({ learningRate: 0.05, batchSize: 8, averageDecay: 0.9 }), {
      optimizer: adamw({
        groups: [
          noDecayOnBiasesAndNorms,
          ...layerwiseDecay({ layers: ['conv2d*/**', 'dense*/**'], decay: 0.5 }),
        ],
      }),
    });
    const before = await weightsOf(trainer);
    await trainer.fit(tinyData(), { epochs: 2 });
    const after = await weightsOf(trainer);
    trainer.dispose();
    const changed = Object.keys(after).filter((name) => String(after[name]) !== String(before[name]));
    expect(changed.filter((name) => name.includes('moving'))).toEqual([]);
    expect(changed.some((name) => name.startsWith('conv2d'))).toBe(true);
  });

  it.each([{}, { learningRate: 0.1 }, { learningRate: 0.1, batchSize: 8, warmupShare: 1 }])(
    'refuses %o with a sentence',
    (options) => {
      expect(() => fineTuning(options as never)).toThrow(/^\[fineTuning\] .+\. .+\. \(OPTION_INVALID\)$/);
    },
  );
});

describe('reproducible', () => {
  it('gives the same bits twice', async () => {
    const weights = [];
    for (let i = 0; i < 2; i++) {
      const trainer = tinyTrainer(reproducible({ seed: 42 }));
      await trainer.fit(tinyData(), { epochs: 1 });
      weights.push(await weightsOf(trainer));
      trainer.dispose();
    }
    expect(weights[0]).toEqual(weights[1]);
  });

  it('asks TensorFlow for deterministic kernels', () => {
    const environment: Record<string, string> = {};
    for (const one of reproducible({ seed: 1 })) Object.assign(environment, (one as AnyPlugin).environment);
    expect(environment).toEqual({ TF_DETERMINISTIC_OPS: '1' });
  });

  it.each([{}, { seed: -1 }, { seed: 0.5 }, { seed: 1, deterministic: false }])(
    'refuses %o with a sentence',
    (options) => {
      expect(() => reproducible(options as never)).toThrow(/^\[reproducible\] .+\. .+\. \(OPTION_INVALID\)$/);
    },
  );
});
