import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accumulateGradients,
  clip,
  noDecayOnBiasesAndNorms,
  rmsprop,
  ruleOptimizer,
  sgd,
  type ParameterGroup,
} from '../src/index.ts';
import { beginTraining } from './training.ts';

const names = ['stage1/conv/kernel', 'stage1/conv/bias', 'stage2/conv/kernel', 'norm/gamma', 'head'];
const ones = Object.fromEntries(names.map((name) => [name, [1]]));

/** The parameters that a group changed: all others have a learning rate of 0. */
function matched(match: ParameterGroup['match']): string[] {
  const rest = { match: '**', learningRateFactor: 0 };
  const training = beginTraining(
    sgd({ learningRate: 0.5, groups: [{ match, learningRateFactor: 1 }, rest] }),
    ones,
  );
  training.step(ones);
  const changed = Object.entries(training.numbers()).filter(([, [value]]) => value !== 1);
  training.dispose();
  return changed.map(([name]) => name);
}

describe('hyperparameters of a group', () => {
  const twice = (optimizer: ReturnType<typeof sgd>): Record<string, number[]> => {
    const training = beginTraining(optimizer, { head: [1], rest: [1] });
    for (let step = 0; step < 2; step++) training.step({ head: [1], rest: [1] }, 0.25);
    const numbers = training.numbers();
    training.dispose();
    return numbers;
  };

  it('may be a momentum where the rest has none, or none where the rest has one', () => {
    // 1 - 0.25 * (1 + 1) without, 1 - 0.25 * (1 + (0.5 + 1)) with a momentum of 0.5.
    expect(twice(sgd({ groups: [{ match: 'head', momentum: 0.5 }] }))).toEqual({
      head: [0.375],
      rest: [0.5],
    });
    const groups = [{ match: 'head', momentum: 0 }];
    expect(twice(sgd({ momentum: 0.5, groups }))).toEqual({ head: [0.5], rest: [0.375] });
    expect(twice(sgd({ momentum: 0.5, nesterov: true, groups }))['head']).toEqual([0.5]);
    expect(twice(rmsprop({ momentum: 0.5, groups }))['head']).toEqual(twice(rmsprop())['head']);
  });

  it('leave the slot of a parameter without momentum at zero', () => {
    const training = beginTraining(sgd({ momentum: 0.5, groups: [{ match: 'head', momentum: 0 }] }), {
      head: [1],
      rest: [1],
    });
    training.step({ head: [1], rest: [1] });
    expect(training.slotNumbers()).toEqual({ 'head/momentum': [0], 'rest/momentum': [1] });
    training.dispose();
  });

  it('may be those of a rule of your own', () => {
    const optimizer = ruleOptimizer({
      name: 'powerSign',
      learningRate: 1,
      hyperparameters: { power: 2 },
      groups: [{ match: 'head', power: 1 }],
      rule: {
        slots: {},
        update: (parameter, gradient, _slots, { power }) => ({
          parameter: tf.pow(gradient, power),
          slots: {},
        }),
      },
    });
    const training = beginTraining(optimizer, { head: [1], rest: [1] });
    training.step({ head: [3], rest: [3] });
    expect(training.numbers()).toEqual({ head: [3], rest: [9] });
    training.dispose();
  });
});

describe('a group', () => {
  it.each<[ParameterGroup['match'], string[]]>([
    [/kernel/, ['stage1/conv/kernel', 'stage2/conv/kernel']],
    [/kernel/g, ['stage1/conv/kernel', 'stage2/conv/kernel']],
    ['head', ['head']],
    ['*', ['head']],
    ['*/gamma', ['norm/gamma']],
    ['**/kernel', ['stage1/conv/kernel', 'stage2/conv/kernel']],
    ['stage1/**', ['stage1/conv/kernel', 'stage1/conv/bias']],
    ['stage*/conv/bias', ['stage1/conv/bias']],
    ['**', names],
  ])('with match %s has the parameters %j', (match, expected) => {
    expect(matched(match)).toEqual(expected);
  });

  it('takes characters in a glob that mean something in a regular expression as they are', () => {
    const start = (match: string): unknown => sgd({ groups: [{ match }] }).start(['a.b/c+d(1)']);
    expect(() => start('a.b/c+d(1)')).not.toThrow();
    expect(() => start('a?b/**')).toThrow('matches no parameter');
  });

  it('that comes first wins', () => {
    const groups = [
      { match: 'head', learningRateFactor: 0.5 },
      { match: '**', learningRateFactor: 0.25 },
    ];
    const training = beginTraining(sgd({ learningRate: 1, groups }), ones);
    training.step(ones);
    expect(training.numbers()).toMatchObject({ head: [0.5], 'norm/gamma': [0.75] });
    training.dispose();
  });

  it('that comes later still gives the settings that those before it lack', () => {
    const groups = [
      { match: 'head', learningRateFactor: 0.5 },
      { match: '**', weightDecay: 0.5 },
    ];
    const training = beginTraining(sgd({ learningRate: 1, groups }), ones);
    training.step(Object.fromEntries(names.map((name) => [name, [0]])));
    expect(training.numbers()).toMatchObject({ head: [0.75], 'norm/gamma': [0.5] });
    training.dispose();
  });

  it('without a weight decay has that of the optimizer', () => {
    const { match } = noDecayOnBiasesAndNorms; // by name alone, since all parameters here have one axis
    const groups = [
      { match, weightDecay: 0 },
      { match: 'head', learningRateFactor: 0.5 },
    ];
    const training = beginTraining(sgd({ learningRate: 1, weightDecay: 0.5, groups }), ones);
    training.step(Object.fromEntries(names.map((name) => [name, [0]])));
    expect(training.numbers()).toEqual({
      'stage1/conv/kernel': [0.5],
      'stage1/conv/bias': [1],
      'stage2/conv/kernel': [0.5],
      'norm/gamma': [1],
      head: [0.75],
    });
    training.dispose();
  });

  it('that fits no parameter is an error naming those that exist', () => {
    const optimizer = sgd({ groups: [{ match: /kernel/ }, { match: 'haed/*' }] });
    expect(() => optimizer.start(names)).toThrow(
      `[sgd] groups[1].match haed/* matches no parameter. The parameters are ${names.join(', ')}. (OPTION_INVALID)`,
    );
  });

  it('with vectors has every parameter of at most one axis as well, and may match none', () => {
    const groups = [{ match: 'head/*', vectors: true, weightDecay: 0 }];
    const rate = { learningRate: 1, weightDecay: 0.5, groups };
    const variables = {
      'head/kernel': tf.variable(tf.ones([2, 2])),
      'scale/weight': tf.variable(tf.ones([2])),
      temperature: tf.variable(tf.scalar(1)),
      'dense/kernel': tf.variable(tf.ones([2, 1])),
    };
    const running = sgd(rate).start(Object.keys(variables));
    const gradients = Object.fromEntries(
      Object.entries(variables).map(([name, one]) => [name, tf.zerosLike(one)]),
    );
    running.apply({ variables, gradients, learningRate: tf.scalar(1), phase: 'update' });
    const values = Object.entries(variables).map(([name, one]) => [name, one.dataSync()[0]]);
    expect(Object.fromEntries(values)).toEqual({
      'head/kernel': 1,
      'scale/weight': 1,
      temperature: 1,
      'dense/kernel': 0.5,
    });
    expect(() => sgd({ groups }).start(['dense/kernel'])).not.toThrow();
    running.dispose();
    tf.dispose(variables);
  });

  it('that fits only a parameter that is frozen at first is none', () => {
    const training = beginTraining(sgd({ groups: [{ match: 'head' }] }), ones);
    expect(() => training.step({ 'norm/gamma': [1] })).not.toThrow();
    training.dispose();
  });

  it('is checked through wrappers, and at the first update if the names come no sooner', () => {
    const optimizer = clip(accumulateGradients(sgd({ groups: [{ match: 'x' }] }), { steps: 1 }), {
      value: 1,
    });
    expect(() => optimizer.start(['y'])).toThrow('matches no parameter');
    const running = sgd({ groups: [{ match: 'x' }] }).start();
    const y = tf.variable(tf.scalar(1));
    expect(() =>
      running.apply({
        variables: { y },
        gradients: { y: tf.scalar(1) },
        learningRate: tf.scalar(1),
        phase: 'update',
      }),
    ).toThrow('matches no parameter. The parameters are y.');
    y.dispose();
  });

  it('is described with at most 30 of the names', () => {
    const many = Array.from({ length: 33 }, (_, i) => `p${i}`);
    expect(() => sgd({ groups: [{ match: 'x' }] }).start(many)).toThrow(/p28, p29 and 3 more\./);
  });
});
