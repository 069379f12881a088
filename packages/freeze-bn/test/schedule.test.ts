import { batchNormFreezing } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import { expectClose, type Nested, presentWays, type Way } from '@cantrip/testing';
import { type BatchSource, meanSquaredError, type Plugin, type Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import golden from './golden/schedule.json' with { type: 'json' };
import { batchesOf } from './models.ts';

type Values = Readonly<Record<string, Nested>>;
interface Case {
  readonly inputs: number[][][];
  readonly targets: number[][][];
  readonly before: Values;
  readonly losses: readonly number[];
  readonly after: Values;
}

const cases = golden.cases as unknown as Record<string, Case>;
const middle = cases['frozen in the middle']!;
const schedules = {
  'frozen in the middle': batchNormFreezing({ at: '1ep', until: 4 }),
  'frozen at last': batchNormFreezing({ at: '50%' }),
  'frozen at first': batchNormFreezing({ until: '1.5ep' }),
  // What is trainable stays the same here, so nothing else tells a recorded step that it is another one.
  'statistics frozen in the middle': batchNormFreezing({ at: 2, until: 4, affine: 'train' }),
} as const;

/** The model of tools/golden/freeze_bn_schedule.py. */
function model(before: Values): tfl.Sequential {
  const { layers } = tfl;
  const norm = (name: string): tfl.layers.Layer => layers.batchNormalization({ momentum: 0.8, name });
  const network = tfl.sequential({
    layers: [
      layers.dense({ units: 4, inputShape: [3], name: 'stem' }),
      norm('stem_bn'),
      layers.activation({ activation: 'tanh' }),
      layers.dense({ units: 2, name: 'head' }),
      norm('head_bn'),
    ],
  });
  for (const layer of network.layers) {
    layer.setWeights(layer.weights.map(({ originalName }) => tf.tensor(before[originalName] as number[])));
  }
  return network;
}

function train(
  way: Way,
  given: Case,
  plugins: readonly Plugin[],
): { trainer: Trainer; losses: number[]; data: BatchSource } {
  const losses: number[] = [];
  const recorder: Plugin = {
    name: 'losses',
    async onStepEnd({ loss }) {
      losses.push(await loss());
    },
  };
  const trainer = way.tinyTrainer([...plugins, recorder], {
    model: () => model(given.before),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    loss: meanSquaredError(),
    metrics: [],
  });
  return { trainer, losses, data: batchesOf(given, 2) };
}

describe.each(await presentWays())('$name', (way) => {
  it.each(Object.entries(schedules))('%s trains as in Keras, momentum included', async (name, plugin) => {
    const given = cases[name]!;
    const { trainer, losses, data } = train(way, given, [plugin]);
    await trainer.fit(data, { epochs: 3 });
    expectClose(losses, [...given.losses], golden.tolerance);
    const { variables } = await trainer.save();
    for (const [weight, wanted] of Object.entries(given.after)) {
      const found = variables[weight]!;
      expectClose([...found.values], tf.tensor(wanted as number[]).arraySync() as Nested, golden.tolerance);
    }
    trainer.dispose();
  });

  it.each([1, 2, 3, 4, 5])('goes on after step %i as if it had not stopped', async (stop) => {
    const plugin = schedules['frozen in the middle'];
    const halt: Plugin = {
      name: 'halt',
      onStepEnd: ({ step, run }) => (step === stop ? run.stop('enough') : undefined),
    };
    const first = train(way, middle, [plugin, halt]);
    await first.trainer.fit(first.data, { epochs: 3 });
    const snapshot = structuredClone(await first.trainer.save());
    first.trainer.dispose();
    const second = train(way, middle, [plugin, { name: 'halt' }]);
    await second.trainer.restore(snapshot);
    await second.trainer.fit(second.data, { epochs: 3 });
    second.trainer.dispose();
    expectClose([...first.losses, ...second.losses], [...middle.losses], golden.tolerance);
  });

  it('keeps the momentum of each layer when someone compiles the model while it is frozen', async () => {
    const compiling: Plugin = {
      name: 'compiling',
      onStepEnd({ run, step }) {
        if (step === 3)
          (run.model as tfl.LayersModel).compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      },
    };
    const { trainer, losses, data } = train(way, middle, [schedules['frozen in the middle'], compiling]);
    await trainer.fit(data, { epochs: 3 });
    trainer.dispose();
    expectClose(losses, [...middle.losses], golden.tolerance);
  });
});

it('an optimizer of TensorFlow.js itself hands the momentum of one layer to another', () => {
  const optimizer = tf.train.momentum(0.1, 0.9);
  const [frozen, other] = [tf.variable(tf.tensor1d([0])), tf.variable(tf.tensor1d([0]))];
  const loss = (): tf.Scalar => tf.sum(tf.add(frozen, tf.mul(other, 0))) as tf.Scalar;
  optimizer.minimize(loss, false, [frozen, other]);
  optimizer.minimize(loss, false, [other]);
  // Its gradient is 0 in both steps.
  expect(other.dataSync()[0]).toBeCloseTo(-0.09);
  optimizer.dispose();
});

describe('batchNormFreezing', () => {
  it.each<[object, string]>([
    [{ at: '3 epochs' }, "at must be a whole number of steps, epochs such as '5ep'"],
    [{ at: -1 }, 'at must be a whole number of steps'],
    [{ until: 0.5 }, 'until must be a whole number of steps'],
    [{ until: '101%' }, 'until must be a whole number of steps'],
    [{ normalizeWith: 'own' }, 'normalizeWith must be "moving" or "batch", got "own"'],
    [{ statistics: 'train' }, 'statistics must be "freeze" or "update", got "train"'],
    [{ reassert: 1 }, 'reassert must be a boolean, got 1'],
  ])('refuses %j at once', (options, message) => {
    expect(() => batchNormFreezing(options as never)).toThrow(message);
  });

  it('refuses an end that is not after its begin when the run begins', async () => {
    const way = (await presentWays())[0]!;
    const { trainer, data } = train(way, middle, [batchNormFreezing({ at: '2ep', until: 4 })]);
    await expect(trainer.fit(data, { epochs: 3 })).rejects.toThrow(
      '[batchNormFreezing] until must be after at (2ep), got 4. Set a later until, or remove it. (OPTION_INVALID)',
    );
    trainer.dispose();
  });
});
