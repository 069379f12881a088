import { openDevice } from '@cantrip/core-tensor-gpu';
import { lookahead, stepBack } from '@cantrip/lookahead';
import { adamw, type Optimizer, sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, type Nested, plain, presentWays } from '@cantrip/testing';
import { type AnyPlugin, type HostContext, meanSquaredError } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

type Named = Readonly<Record<string, Nested>>;

interface Case {
  readonly weights: readonly Named[];
  readonly slow: readonly Named[];
}

interface Cases {
  readonly data: {
    readonly start: Readonly<Record<string, number[] | number[][]>>;
    readonly inputs: number[][];
    readonly targets: number[][];
    readonly batch: number;
  };
  readonly 'pytorch_optimizer, SGD': Case;
  readonly 'pytorch_optimizer, AdamW': Case;
  readonly 'optax, SGD': Case;
}

const { cases, tolerance } = loadGolden<Cases>(new URL('./golden.json', import.meta.url));
const { start, inputs, targets, batch } = cases.data;

function network(): LayersModel {
  const model = sequential({
    layers: [
      layers.dense({ units: 3, activation: 'tanh', inputShape: [2], name: 'first' }),
      layers.dense({ units: 1, name: 'last' }),
    ],
  });
  tf.tidy(() => {
    for (const name of ['first', 'last'])
      model
        .getLayer(name)
        .setWeights([tf.tensor(start[`${name}/kernel`]!), tf.tensor(start[`${name}/bias`]!)]);
  });
  return model;
}

const kinds: readonly (readonly [Exclude<keyof Cases, 'data'>, Optimizer, number, number])[] = [
  ['pytorch_optimizer, SGD', sgd({ learningRate: 0.1, momentum: 0.9 }), 5, 0.5],
  ['pytorch_optimizer, AdamW', adamw({ learningRate: 0.05, weightDecay: 0.1 }), 3, 0.8],
  ['optax, SGD', sgd({ learningRate: 0.1, momentum: 0.9 }), 4, 0.3],
];

describe.each(await presentWays())('lookahead $name', ({ tinyTrainer }) => {
  it.each(kinds)(
    'has the weights and the slow weights of %s after each step',
    async (name, optimizer, interval, rate) => {
      const { weights, slow } = cases[name];
      const seen: number[] = [];
      const watching: AnyPlugin = {
        name: 'watching',
        async onStepEnd({ step }: HostContext) {
          const { variables, plugins } = await trainer.save();
          seen.push(step);
          const [own, back] = [plain(variables), plain(plugins['lookahead']!.variables)];
          for (const [one, values] of Object.entries(weights[step - 1]!))
            expectClose(own[one]!, values, tolerance);
          for (const [one, values] of Object.entries(slow[step - 1]!))
            expectClose(back[one]!, values, tolerance);
        },
      };
      const trainer = tinyTrainer([lookahead({ interval, rate }), watching], {
        model: network,
        loss: meanSquaredError(),
        metrics: [],
        optimizer,
      });
      await trainer.fit({ inputs, targets, batchSize: batch, shuffle: false }, { epochs: 1 });
      expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      trainer.dispose();
    },
  );
});

describe('stepBack', () => {
  it('makes the weights of pytorch_optimizer in a loop of your own', async () => {
    await openDevice('cpu');
    const model = network();
    const named = (): Record<string, tf.Variable> =>
      Object.fromEntries(model.weights.map((one) => [one.originalName, one.read() as tf.Variable]));
    const slow = Object.fromEntries(
      Object.entries(named()).map(([key, one]) => [key, tf.variable(tf.clone(one))]),
    );
    const { weights, slow: wanted } = cases['pytorch_optimizer, SGD'];
    const optimizer = tf.train.momentum(0.1, 0.9);
    for (let step = 1; step <= weights.length; step++) {
      const rows = [(step - 1) * batch, step * batch] as const;
      const [x, y] = [tf.tensor(inputs.slice(...rows)), tf.tensor(targets.slice(...rows))];
      optimizer.minimize(
        () => tf.mean(tf.squaredDifference(model.apply(x, { training: true }) as tf.Tensor, y)) as tf.Scalar,
      );
      if (step % 5 === 0) stepBack(named(), slow, 0.5);
    }
    for (const [name, values] of Object.entries(weights.at(-1)!))
      expectClose(named()[name]!, values, tolerance);
    for (const [name, values] of Object.entries(wanted.at(-1)!)) expectClose(slow[name]!, values, tolerance);
  });
});
