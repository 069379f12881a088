import {
  accumulateGradients,
  adam,
  adamw,
  clip,
  noDecayOnBiasesAndNorms,
  rmsprop,
  sgd,
} from '@cantrip/optimizers';
import {
  expectClose,
  expectSameTraining,
  followTraining,
  type Followed,
  plainSnapshot,
  presentDevices,
  tinyTrainer,
} from '@cantrip/testing';
import { type AnyPlugin, topK, accuracy, type TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { averagedWeights } from '../averaged-weights.ts';
import { byteImages, smallCnn } from '../byte-images.ts';

const [device] = await presentDevices(['tensorflow']);

type Optimizer = TrainerOptions['optimizer'];

interface Training {
  readonly capture: boolean | 'auto';
  readonly optimizer: Optimizer;
  readonly plugins?: readonly AnyPlugin[];
  readonly steps: number;
}

function train({ capture, optimizer, plugins = [], steps }: Training): Promise<Followed> {
  const options = { device: 'tensorflow', model: smallCnn, capture, optimizer } as const;
  return followTraining(plugins, options, { epochs: steps / 10, data: byteImages() });
}

const momentum = sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 1e-3 });

describe.skipIf(!device)('a captured training of a CNN with batch normalisation and dropout', () => {
  it('has the losses of one op by op over 200 steps, and is the same to the bit a second time', async () => {
    const eager = await train({ capture: false, optimizer: momentum, steps: 200 });
    const captured = await train({ capture: true, optimizer: momentum, steps: 200 });
    expect(eager.losses).toHaveLength(200);
    expect(eager.losses.at(-1)!).toBeLessThan(eager.losses[0]! / 2);
    expectSameTraining(captured, eager);
    expect(await train({ capture: 'auto', optimizer: momentum, steps: 200 })).toEqual(captured);
  });

  const optimizers: readonly (readonly [string, Optimizer])[] = [
    ['sgd with dampening', sgd({ learningRate: 0.02, momentum: 0.9, dampening: 0.5 })],
    ['adam', adam({ learningRate: 0.001 })],
    ['adamw', adamw({ learningRate: 0.001, weightDecay: 0.01 })],
    ['rmsprop', rmsprop({ learningRate: 0.001, momentum: 0.5, centered: true })],
    [
      'sgd with parameter groups',
      sgd({
        learningRate: 0.02,
        weightDecay: 0.01,
        groups: [noDecayOnBiasesAndNorms, { match: 'dense*/**', learningRateFactor: 3 }],
      }),
    ],
    ['sgd clipped by global norm', clip(momentum, { globalNorm: 0.5 })],
    ['adam clipped by value', clip(adam({ learningRate: 0.001 }), { value: 0.01 })],
    ['accumulated gradients', accumulateGradients(momentum, { steps: 4 })],
    ['tf.train.sgd', () => tf.train.sgd(0.02)],
    ['tf.train.momentum', () => tf.train.momentum(0.02, 0.9, true)],
    ['tf.train.adagrad', () => tf.train.adagrad(0.02)],
    ['tf.train.adadelta', () => tf.train.adadelta(1)],
    ['tf.train.adam', () => tf.train.adam(0.001)],
    ['tf.train.adamax', () => tf.train.adamax(0.001)],
    ['tf.train.rmsprop', () => tf.train.rmsprop(0.001)],
  ];

  it.each(optimizers)('updates as op by op with %s', async (name, optimizer) => {
    const eager = await train({ capture: false, optimizer, steps: 30 });
    expectSameTraining(await train({ capture: true, optimizer, steps: 30 }), eager);
    // Of accumulated gradients one loss for each update; an epoch's last one takes what is left.
    expect(new Set(eager.losses).size).toBe(name === 'accumulated gradients' ? 9 : 30);
  });

  it('takes the learning rate of each step, in one recording for each shape', async () => {
    let recorded = 0;
    const falling: AnyPlugin = {
      name: 'falling',
      scheduleLearningRate: (_, { step }) => 0.05 / (1 + step),
      onStepEnd: ({ recording }) => void (recorded += recording?.count ?? 0),
    };
    const following = { optimizer: momentum, plugins: [falling], steps: 20 };
    const eager = await train({ capture: false, ...following });
    expectSameTraining(await train({ capture: true, ...following }), eager);
    expect(recorded).toBe(2);
  });

  it.each(['step', 'host'] as const)(
    'moves the averages that a plugin keeps on the %s side',
    async (side) => {
      const averagesOf = async (capture: boolean): Promise<readonly number[][]> => {
        let averages: readonly number[][] = [];
        const plugin: AnyPlugin = {
          ...averagedWeights(side),
          onTrainEnd({ ownVariables }) {
            averages = Object.values(ownVariables).map((average) => Array.from(average.dataSync()));
          },
        };
        await train({ capture, optimizer: momentum, plugins: [plugin], steps: 20 });
        expect(averages).not.toHaveLength(0);
        return averages;
      };
      const eager = await averagesOf(false);
      const captured = await averagesOf(true);
      captured.forEach((values, i) =>
        values.forEach((value, j) => expect(value).toBeCloseTo(eager[i]![j]!, 4)),
      );
    },
  );

  it('evaluates and predicts as op by op, the smaller last batch included', async () => {
    const figures = async (capture: boolean): Promise<number[]> => {
      const trainer = tinyTrainer([], {
        device: 'tensorflow',
        model: smallCnn,
        optimizer: momentum,
        capture,
        metrics: [accuracy(), topK({ k: 2 })],
      });
      const { epochs } = await trainer.fit(byteImages(), { epochs: 2, validation: byteImages({ last: 3 }) });
      const evaluated = await trainer.evaluate(byteImages({ last: 5 }));
      const inputs = { values: new Float32Array(500).fill(0.5), shape: [5, 10, 10, 1] };
      const outputs = (await trainer.predict(inputs)) as tf.Tensor;
      trainer.dispose();
      return [...[...epochs, evaluated].flatMap((logs) => Object.values(logs)), ...outputs.dataSync()];
    };
    const eager = await figures(false);
    expectClose(await figures(true), eager, { relative: 1e-4, absolute: 1e-5 });
    // Three figures of two trainings, two validations and one evaluation; outputs.
    expect(eager).toHaveLength(3 * 5 + 20);
  });

  it('saved and restored in the middle of an epoch, even into a trainer op by op, goes on as if never stopped', async () => {
    const make = (capture: boolean, stopAt?: number) => {
      const losses: number[] = [];
      const plugin: AnyPlugin = {
        name: 'reader',
        onStepEnd: async ({ loss, run, step }) => {
          losses.push(await loss());
          if (step === stopAt) run.stop('to be resumed');
        },
      };
      const options = { device: 'tensorflow', model: smallCnn, optimizer: adam(), capture } as const;
      return { losses, trainer: tinyTrainer([plugin], options) };
    };
    const unbroken = make(true);
    await unbroken.trainer.fit(byteImages(), { epochs: 3 });
    const first = make(true, 14);
    await first.trainer.fit(byteImages(), { epochs: 3 });
    const snapshot = structuredClone(await first.trainer.save());
    // This one has a recording already when it is restored.
    const second = make(true, 3);
    await second.trainer.fit(byteImages(), { epochs: 1 });
    second.losses.length = 0;
    await second.trainer.restore(snapshot);
    const third = make(false);
    await third.trainer.restore(snapshot);
    for (const { trainer } of [second, third]) await trainer.fit(byteImages(), { epochs: 3 });
    expect([...first.losses, ...second.losses]).toEqual(unbroken.losses);
    expect(plainSnapshot(await second.trainer.save())).toEqual(plainSnapshot(await unbroken.trainer.save()));
    third.losses.forEach((loss, i) => expect(loss / unbroken.losses[14 + i]!).toBeCloseTo(1, 4));
    for (const { trainer } of [unbroken, first, second, third]) trainer.dispose();
  });
});
