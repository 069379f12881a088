import { frozenLayers, frozenShare, layerFreezing } from '@cantrip/layer-freezing';
import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, type Nested, presentWays } from '@cantrip/testing';
import { type AnyPlugin, meanSquaredError } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

interface Cases {
  readonly schedules: readonly {
    readonly epochs: number;
    readonly layers: number;
    readonly start: number;
    readonly level: number;
    readonly shares: readonly number[];
    readonly counts: readonly number[];
  }[];
  readonly data: {
    readonly start: readonly Nested[];
    readonly inputs: number[][];
    readonly targets: number[][];
    readonly batch: number;
  };
  readonly trainings: readonly {
    readonly start: number;
    readonly level: number;
    readonly weights: readonly (readonly Nested[])[];
  }[];
}

const { cases, tolerance } = loadGolden<Cases>(new URL('./golden.json', import.meta.url));
const { data } = cases;

const network = (): LayersModel =>
  sequential({
    layers: [
      layers.dense({ units: 3, inputShape: [2], activation: 'tanh' }),
      layers.dense({ units: 3, activation: 'tanh' }),
      layers.dense({ units: 3, activation: 'tanh' }),
      layers.dense({ units: 1 }),
    ],
  });

describe('the schedule', () => {
  it.each(cases.schedules)(
    'is that of Composer: $layers layers, $epochs epochs, from $start to $level',
    ({ epochs, layers: count, start, level, shares, counts }) => {
      const elapsed = shares.map((_, epoch) => epoch / epochs);
      const found = elapsed.map((one) => frozenShare(one, { start, level }));
      expectClose(found, shares, { relative: 1e-12, absolute: 1e-15 });
      expect(elapsed.map((one) => frozenLayers({ layers: count, elapsed: one, start, level }))).toEqual(
        counts,
      );
    },
  );
});

describe.each(await presentWays())('layer freezing $name', ({ tinyTrainer }) => {
  it.each(cases.trainings)(
    'trains as Composer, with momentum and weight decay: from $start to $level',
    async ({ start, level, weights }) => {
      const found: tf.TypedArray[][] = [];
      const reader: AnyPlugin = {
        name: 'reader',
        onEpochEnd: async ({ run }) =>
          void found.push(await Promise.all(Object.values(run.variables).map((one) => one.data()))),
      };
      const trainer = tinyTrainer([layerFreezing({ start: `${start * 100}%`, level }), reader], {
        model: network,
        optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 }),
        loss: meanSquaredError(),
        metrics: [],
      });
      const { run } = await trainer.open();
      for (const [at, one] of Object.values(run.variables).entries())
        one.assign(tf.tensor(data.start[at] as number[]));
      const { inputs, targets, batch } = data;
      await trainer.fit({ inputs, targets, batchSize: batch, shuffle: false }, { epochs: weights.length });
      trainer.dispose();
      expect(found).toHaveLength(weights.length);
      for (const [epoch, expected] of weights.entries())
        for (const [at, values] of expected.entries())
          expectClose(Array.from(found[epoch]![at]!), values, tolerance);
    },
  );
});
