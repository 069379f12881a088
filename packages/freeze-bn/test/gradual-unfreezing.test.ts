import { gradualUnfreezing, type LayerGroup, rampedGroups } from '@cantrip/freeze-bn';
import { clip, layerwiseDecay, sgd } from '@cantrip/optimizers';
import { expectClose, type Nested, presentWays, type Way } from '@cantrip/testing';
import {
  type AnyPlugin,
  meanSquaredError,
  type Plugin,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import backbone from './golden/backbone.json' with { type: 'json' };
import golden from './golden/unfreezing.json' with { type: 'json' };
import { batchesOf } from './models.ts';

const layers = ['stem/**', 'block/**', 'head/**'];
const { 'at once': atOnce, 'with a ramp and smaller rates below': ramped } = golden.cases;
type Weights = (typeof atOnce)['before']['head'];
type Before = Readonly<Record<string, Weights>>;
type Case = Omit<typeof atOnce, 'before' | 'after' | 'ramp' | 'decay'> & {
  readonly before: Before;
  readonly after: Before;
};

function model(before: Before): tfl.Sequential {
  const network = tfl.sequential({
    layers: ['stem', 'block', 'head']
      .filter((name) => name in before)
      .map((name) => {
        const activation = name === 'head' ? 'linear' : 'tanh';
        const inputs = name === 'stem' ? { inputShape: [3] } : {};
        return tfl.layers.dense({ units: before[name]!.bias.length, name, activation, ...inputs });
      }),
  });
  for (const [name, { kernel, bias }] of Object.entries(before)) {
    network.getLayer(name).setWeights([tf.tensor(kernel), tf.tensor(bias)]);
  }
  return network;
}

interface Training {
  readonly trainer: Trainer;
  readonly losses: number[];
}

function training(
  way: Way,
  given: Case,
  groups: readonly LayerGroup[],
  plugins: readonly AnyPlugin[],
): Training {
  const losses: number[] = [];
  const recorder: Plugin = {
    name: 'recorder',
    async onStepEnd({ loss }) {
      losses.push(await loss());
    },
  };
  const options: Partial<TrainerOptions> = {
    model: () => model(given.before),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9, groups: rampedGroups(groups) }),
    loss: meanSquaredError(),
    metrics: [],
  };
  return { trainer: way.tinyTrainer([...plugins, recorder], options), losses };
}

async function expectWeights(trainer: Trainer, after: Before): Promise<void> {
  const { variables } = await trainer.save();
  for (const [layer, weights] of Object.entries(after)) {
    for (const [name, wanted] of Object.entries(weights)) {
      const values = tf.tensor(wanted as number[]).dataSync();
      expectClose([...variables[`${layer}/${name}`]!.values], [...values] as Nested, golden.tolerance);
    }
  }
}

const decayed = layerwiseDecay({ layers, decay: 1 / 2.6 });

describe.each(await presentWays())('$name', (way) => {
  it.each<[string, Case, readonly LayerGroup[], AnyPlugin]>([
    ['from the top down, one group an epoch', atOnce, layers, gradualUnfreezing({ groups: layers })],
    [
      'in stages of steps',
      atOnce,
      layers,
      gradualUnfreezing({ groups: [/^stem/, 'block/*', { match: /head/ }], every: [2, '1ep'] }),
    ],
    [
      'with a ramp and smaller rates below',
      ramped,
      decayed,
      gradualUnfreezing({ groups: decayed, every: '1ep', ramp: '1ep' }),
    ],
  ])('%s trains as in PyTorch', async (_name, given, groups, plugin) => {
    const { trainer, losses } = training(way, given, groups, [plugin]);
    await trainer.fit(batchesOf(given, 2), { epochs: 3 });
    expectClose(losses, given.losses, golden.tolerance);
    await expectWeights(trainer, given.after);
    trainer.dispose();
  });

  it('with a ramp of its own trains as with Lightning', async () => {
    const given = backbone.cases['the lower layer from epoch 1 on'];
    const groups = ['stem/**', 'head/**'];
    const plugin = gradualUnfreezing({
      groups,
      ramp: (step, { stepsPerEpoch }) => Math.min(1, 0.1 * 2 ** Math.floor(step / stepsPerEpoch)),
    });
    const { trainer, losses } = training(way, given, groups, [plugin]);
    await trainer.fit(batchesOf(given, 2), { epochs: 5 });
    expectClose(losses, given.losses, backbone.tolerance);
    await expectWeights(trainer, given.after);
    trainer.dispose();
  });

  it.each([1, 2, 3, 4, 5])('goes on after step %i as if it had not stopped', async (stop) => {
    const create = (): AnyPlugin => gradualUnfreezing({ groups: decayed, ramp: 2 });
    const halt: Plugin = {
      name: 'halt',
      onStepEnd: ({ step, run }) => (step === stop ? run.stop('enough') : undefined),
    };
    const first = training(way, ramped, decayed, [create(), halt]);
    await first.trainer.fit(batchesOf(ramped, 2), { epochs: 3 });
    const snapshot = structuredClone(await first.trainer.save());
    first.trainer.dispose();
    const second = training(way, ramped, decayed, [create(), { name: 'halt' }]);
    await second.trainer.restore(snapshot);
    await second.trainer.fit(batchesOf(ramped, 2), { epochs: 3 });
    await expectWeights(second.trainer, ramped.after);
    second.trainer.dispose();
  });

  it.each([
    ['freeze', []],
    ['train', ['bn/gamma', 'bn/beta', 'bn/moving_mean', 'bn/moving_variance']],
  ] as const)('batchNorm: %j of a frozen group', async (batchNorm, wanted) => {
    const network = (): tfl.Sequential =>
      tfl.sequential({
        layers: [
          tfl.layers.dense({ units: 4, inputShape: [3], name: 'stem' }),
          tfl.layers.batchNormalization({ name: 'bn' }),
          tfl.layers.dense({ units: 2, name: 'head' }),
        ],
      });
    const groups = [/^(stem|bn)/, 'head/**'];
    const trainer = way.tinyTrainer([gradualUnfreezing({ groups, every: '2ep', batchNorm })], {
      model: network,
      loss: meanSquaredError(),
      metrics: [],
      optimizer: sgd({ learningRate: 0.05, groups: rampedGroups(groups) }),
    });
    const before = (await trainer.save()).variables;
    await trainer.fit(batchesOf(atOnce, 2), { epochs: 1 });
    const after = (await trainer.save()).variables;
    const trained = Object.keys(before).filter(
      (name) => String(before[name]!.values) !== String(after[name]!.values),
    );
    expect(trained.sort()).toEqual([...wanted, 'head/bias', 'head/kernel'].sort());
    trainer.dispose();
  });
});

describe('gradualUnfreezing', () => {
  it.each<[string, unknown, string]>([
    ['no groups', { groups: [] }, 'groups must be a list of at least one group'],
    ['a group that is none', { groups: [3] }, 'groups[0] must be a RegExp or a glob'],
    ['a scheduled factor', { groups: rampedGroups(['a']) }, 'groups[0].learningRateFactor must be a number'],
    ['a negative factor', { groups: [{ match: 'a', learningRateFactor: -1 }] }, 'learningRateFactor must be'],
    [
      'too few lengths',
      { groups: ['a', 'b', 'c'], every: [1] },
      'every must have one length for each group except the last',
    ],
    ['a ramp that is no length', { groups: ['a'], ramp: 'slow' }, 'ramp must be a whole number of steps'],
    ['another mode', { groups: ['a'], batchNorm: 'update' }, 'batchNorm must be "freeze" or "train"'],
  ])('refuses %s', (_what, options, message) => {
    expect(() => gradualUnfreezing(options as never)).toThrow(message);
    expect(() => gradualUnfreezing(options as never)).toThrow(/^\[gradualUnfreezing\] .*\(OPTION_INVALID\)$/);
  });

  it('refuses a group without a parameter when the run begins, and lists the parameters', async () => {
    const [first] = await presentWays();
    const { trainer } = training(first!, atOnce, layers, [gradualUnfreezing({ groups: ['**', 'head/**'] })]);
    await expect(trainer.fit(batchesOf(atOnce, 2), { epochs: 3 })).rejects.toThrow(
      '[gradualUnfreezing] groups[1] "head/**" has no parameter. Correct its pattern, or move it before the group that takes its parameters. A parameter belongs to the first group that matches its name. The parameters are stem/kernel, stem/bias, block/kernel, block/bias, head/kernel, head/bias. (OPTION_INVALID)',
    );
    trainer.dispose();
  });

  it.each([
    [{}, undefined],
    [
      { ramp: '1ep' },
      /ramp has no effect.*the optimizer clip\(sgd\) .*Set groups: rampedGroups\(groups\) in the optimizer.*OPTION_INVALID/,
    ],
    [{ ramp: () => 0.5 }, /ramp has no effect/],
  ] as const)('with %j and an optimizer that has no such groups', async (options, error) => {
    const [first] = await presentWays();
    const trainer = first!.tinyTrainer([gradualUnfreezing({ groups: layers, ...options })], {
      model: () => model(atOnce.before),
      optimizer: clip(sgd({ learningRate: 0.05, groups: [{ match: 'head/**', weightDecay: 0 }] }), {
        value: 1,
      }),
      loss: meanSquaredError(),
      metrics: [],
    });
    const opened = trainer.open();
    await (error ? expect(opened).rejects.toThrow(error) : opened);
    trainer.dispose();
  });

  it('refuses a ramp that gives no number', async () => {
    const [first] = await presentWays();
    const ramp = (step: number): number => (step === 1 ? Number.NaN : 1);
    const { trainer } = training(first!, atOnce, layers, [gradualUnfreezing({ groups: layers, ramp })]);
    await expect(trainer.fit(batchesOf(atOnce, 2), { epochs: 3 })).rejects.toThrow(
      '[gradualUnfreezing] ramp must return a finite number of at least 0, got NaN at step 1',
    );
    trainer.dispose();
  });

  it('rampedGroups keeps what else a group says', () => {
    const [group] = rampedGroups([{ match: 'a', weightDecay: 0, learningRateFactor: 0.5 } as LayerGroup]);
    expect(group).toEqual({ match: 'a', weightDecay: 0, learningRateFactor: { scalar: 'unfreezing/0' } });
  });
});
