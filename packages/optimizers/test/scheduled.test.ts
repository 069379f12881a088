import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accumulateGradients,
  adam,
  adamw,
  clip,
  noDecayOnBiasesAndNorms,
  layerwiseDecay,
  type Optimizer,
  rmsprop,
  scheduled,
  sgd,
} from '../src/index.ts';
import { settingsOf } from '../src/core/parameter-group.ts';
import golden from './golden/scheduled.json' with { type: 'json' };
import { relativeError } from './near.ts';

const { inputs, trajectories, 'layer-wise decay 0.6, at least 0.2': layers } = golden.cases;

const momentum = scheduled('momentum');
const weightDecay = scheduled('weightDecay');
const beta2 = scheduled('beta2');

const optimizers: Record<keyof typeof trajectories, Optimizer> = {
  'sgd momentum': sgd({ momentum }),
  'sgd nesterov and weight decay': sgd({ momentum, nesterov: true, weightDecay }),
  'sgd weight decay': sgd({ weightDecay }),
  'adam betas and weight decay': adam({ beta1: momentum, beta2, weightDecay }),
  'adamw betas and weight decay': adamw({ beta1: momentum, beta2, weightDecay }),
  'rmsprop decay and momentum': rmsprop({ decay: momentum, momentum }),
};

/** The parameter after each step, with the golden file's gradients and scalars. */
function trajectoryOf(optimizer: Optimizer): number[][] {
  const weight = tf.tidy(() => tf.variable(tf.tensor1d(inputs.start)));
  const running = optimizer.start(['weight']);
  const values = inputs.gradients.map((gradient, step) => {
    tf.tidy(() =>
      running.apply({
        variables: { weight },
        gradients: { weight: tf.tensor1d(gradient) },
        learningRate: tf.scalar(inputs.rates[step]!),
        scalars: scalarsAt(step),
        phase: 'update',
      }),
    );
    return [...weight.dataSync()];
  });
  running.dispose();
  weight.dispose();
  return values;
}

const scalarsAt = (step: number): Record<string, tf.Scalar> => ({
  momentum: tf.scalar(inputs.momenta[step]!),
  weightDecay: tf.scalar(inputs.decays[step]!),
  beta2: tf.scalar(inputs.beta2[step]!),
});

describe('scheduled hyperparameters agree with PyTorch, set anew before each step', () => {
  it.each(Object.entries(optimizers))('%s', (name, optimizer) => {
    const expected = trajectories[name as keyof typeof trajectories];
    expect(relativeError(tf.tensor(trajectoryOf(optimizer)), expected)).toBeLessThan(
      golden.tolerance.relative,
    );
  });

  it('through wrappers, too', () => {
    const wrapped = accumulateGradients(clip(sgd({ momentum }), { value: 1e6 }), { steps: 1 });
    const expected = trajectories['sgd momentum'];
    expect(relativeError(tf.tensor(trajectoryOf(wrapped)), expected)).toBeLessThan(golden.tolerance.relative);
  });
});

describe('a scheduled hyperparameter', () => {
  const x = tf.variable(tf.tensor1d([1]));
  const apply = (optimizer: Optimizer, scalars: Record<string, tf.Scalar> = {}): number => {
    const running = optimizer.start(['x']);
    x.assign(tf.tensor1d([1]));
    const gradients = { x: tf.tensor1d([1]) };
    running.apply({ variables: { x }, gradients, learningRate: tf.scalar(0.5), scalars, phase: 'update' });
    running.dispose();
    return x.dataSync()[0]!;
  };

  it('that no plugin gives is an error that says what to add', () => {
    expect(() => apply(sgd({ momentum }))).toThrow(
      "[sgd] momentum is scheduled('momentum'), but no plugin sets the scalar momentum. Add " +
        "hyperparameterSchedule({ momentum: … }) of '@cantrip/lr-schedules', or set momentum to a number. (OPTION_INVALID)",
    );
  });

  it('may belong to a group: a rate, a factor and a weight decay of its own', () => {
    const rate = tf.scalar(0.25);
    expect(apply(sgd({ groups: [{ match: 'x', learningRate: scheduled('rate') }] }), { rate })).toBe(0.75);
    expect(apply(sgd({ groups: [{ match: 'x', learningRate: 0.125 }] }))).toBe(0.875);
    expect(apply(sgd({ groups: [{ match: 'x', learningRateFactor: scheduled('rate') }] }), { rate })).toBe(
      0.875,
    );
    expect(apply(sgd({ groups: [{ match: 'x', weightDecay: scheduled('rate') }] }), { rate })).toBe(0.375);
  });

  it.each([
    [{ momentum: { scalar: '' } }, '[sgd] momentum'],
    [{ momentum: { scaler: 'm' } }, '[sgd] momentum'],
    [{ nesterov: { scalar: 'n' } }, '[sgd] nesterov must be'],
    [{ groups: [{ match: 'x', learningRate: -1 }] }, '[sgd] groups[0].learningRate must be >= 0, got -1'],
  ])('refuses %j', (options, message) => {
    expect(() => sgd(options as never)).toThrow(message);
  });
});

describe('layer-wise decay', () => {
  const patterns = [
    /^(cls_token|pos_embed|patch_embed)/,
    'blocks.0.**',
    'blocks.1.**',
    // timm counts the last norm to the last block.
    /^(blocks\.2\.|norm)/,
    /^head/,
  ];
  const groups = layerwiseDecay({ layers: patterns, decay: 0.6, minimum: 0.2 });

  it('gives the factors of timm', () => {
    const expected = Object.entries(layers).map(([name, { factor }]) => [name, factor.toFixed(12)]);
    const factors = Object.keys(layers).map((name) => [name, settingsOf(groups, name, 2).learningRateFactor]);
    expect(factors.map(([name, factor]) => [name, (factor as number).toFixed(12)])).toEqual(expected);
  });

  it('stands beside groups with other settings', () => {
    const beside = [...groups, { match: /bias$/, weightDecay: 0 }, { match: '**', weightDecay: 0.5 }];
    expect(settingsOf(beside, 'blocks.2.mlp.fc1.bias', 1)).toMatchObject({
      learningRateFactor: 0.6,
      weightDecay: 0,
    });
    expect(settingsOf([noDecayOnBiasesAndNorms, ...beside], 'norm.weight', 1).weightDecay).toBe(0);
  });

  it('refuses no layers and a decay of 0', () => {
    expect(() => layerwiseDecay({ layers: [], decay: 0.5 })).toThrow(
      '[layerwiseDecay] layers must not be empty',
    );
    expect(() => layerwiseDecay({ layers: ['**'], decay: 0 })).toThrow(
      '[layerwiseDecay] decay must be > 0, got 0',
    );
  });
});

describe('the scalars that an optimizer reads', () => {
  const groups = [
    { match: 'head/**', learningRateFactor: scheduled('head') },
    { match: /bias$/, weightDecay: scheduled('decay') },
  ];

  it('are those of its options and of its groups, each once', () => {
    const optimizer = sgd({ momentum, weightDecay: scheduled('decay'), groups });
    expect([...optimizer.scalars!].sort()).toEqual(['decay', 'head', 'momentum']);
    expect(adam().scalars).toEqual([]);
  });

  it('are those of what is clipped or accumulated', () => {
    const optimizer = clip(accumulateGradients(sgd({ groups }), { steps: 2 }), { value: 1 });
    expect(optimizer.scalars).toEqual(['head', 'decay']);
  });
});
