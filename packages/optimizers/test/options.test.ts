import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  accumulateGradients,
  adam,
  adamw,
  clip,
  clipByGlobalNorm,
  clipByValue,
  rmsprop,
  sgd,
  type Optimizer,
} from '../src/index.ts';

/** For options that the types forbid. */
const wrong = (options: unknown): never => options as never;

describe('a bad option is one clear sentence', () => {
  it.each<[string, () => unknown, string]>([
    ['an unknown name', () => sgd(wrong({ momentun: 0.9 })), '[sgd] has no option momentun. Its options are'],
    ['options that are no object', () => sgd(wrong(0.1)), '[sgd] options must be a plain object, got 0.1.'],
    ['a negative rate', () => sgd({ learningRate: -0.1 }), '[sgd] learningRate must be >= 0, got -0.1.'],
    ['a rate that is no number', () => adam({ learningRate: NaN }), '[adam] learningRate must be'],
    ['an infinite rate', () => adam({ learningRate: Infinity }), '[adam] learningRate must be'],
    [
      'a rate that is text',
      () => adamw(wrong({ learningRate: '0.1' })),
      '[adamw] learningRate must be a number, got "0.1".',
    ],
    ['a momentum of 1', () => sgd({ momentum: 1 }), '[sgd] momentum must be < 1, got 1.'],
    ['a negative momentum', () => rmsprop({ momentum: -0.1 }), '[rmsprop] momentum must be >= 0, got -0.1.'],
    [
      'a dampening above 1',
      () => sgd({ momentum: 0.9, dampening: 1.5 }),
      '[sgd] dampening must be <= 1, got 1.5.',
    ],
    [
      'Nesterov without momentum',
      () => sgd({ nesterov: true }),
      '[sgd] nesterov needs a momentum above 0, got momentum 0.',
    ],
    [
      'Nesterov with dampening',
      () => sgd({ momentum: 0.9, nesterov: true, dampening: 0.1 }),
      '[sgd] dampening must be 0 with nesterov, got 0.1.',
    ],
    [
      'dampening without momentum',
      () => sgd({ dampening: 0.1 }),
      '[sgd] dampening needs a momentum above 0, got momentum 0.',
    ],
    [
      'a negative weight decay',
      () => adamw({ weightDecay: -1 }),
      '[adamw] weightDecay must be >= 0, got -1.',
    ],
    ['a beta of 1', () => adam({ beta2: 1 }), '[adam] beta2 must be < 1, got 1.'],
    ['a negative epsilon', () => adam({ epsilon: -1e-8 }), '[adam] epsilon must be >= 0, got -1e-8.'],
    ['a decay of 1', () => rmsprop({ decay: 1 }), '[rmsprop] decay must be < 1, got 1.'],
    ['centered as a number', () => rmsprop(wrong({ centered: 1 })), '[rmsprop] centered must be'],
    ['groups that are no list', () => sgd(wrong({ groups: {} })), '[sgd] groups must be'],
    ['a group without match', () => sgd(wrong({ groups: [{}] })), 'match'],
    [
      'a match that is a number',
      () => sgd(wrong({ groups: [{ match: 3 }] })),
      '[sgd] groups[0].match must be a RegExp or a glob, got 3.',
    ],
    ['an empty match', () => sgd({ groups: [{ match: '' }] }), '[sgd] groups[0].match must be'],
    [
      'a negative factor',
      () => adam({ groups: [{ match: 'x' }, { match: 'y', learningRateFactor: -1 }] }),
      '[adam] groups[1].learningRateFactor must be >= 0, got -1.',
    ],
    [
      'a misspelt name in a group',
      () => adam(wrong({ groups: [{ match: 'x', decay: 0 }] })),
      '[adam] has no option groups[0].decay.',
    ],
    [
      'a hyperparameter in a group that the optimizer does not have',
      () => sgd(wrong({ groups: [{ match: 'x', beta1: 0.5 }] })),
      '[sgd] has no option groups[0].beta1. Its options are match, vectors, weightDecay, learningRate, ' +
        'learningRateFactor, momentum, dampening. (OPTION_INVALID)',
    ],
    [
      'a hyperparameter in a group that is out of range',
      () => adam({ groups: [{ match: 'x', beta1: 1 }] }),
      '[adam] groups[0].beta1 must be < 1, got 1.',
    ],
    [
      'Nesterov with dampening in a group',
      () => sgd({ momentum: 0.9, nesterov: true, groups: [{ match: 'x', dampening: 0.1 }] }),
      '[sgd] dampening must be 0 with nesterov.',
    ],
    ['clipping to nothing', () => clip(sgd(), {}), '[clip] needs either globalNorm or value, got neither.'],
    [
      'clipping twice',
      () => clip(sgd(), { globalNorm: 1, value: 1 }),
      '[clip] needs either globalNorm or value, got both.',
    ],
    ['a norm of 0', () => clip(sgd(), { globalNorm: 0 }), '[clip] globalNorm must be > 0, got 0.'],
    ['a negative value', () => clip(sgd(), { value: -1 }), '[clip] value must be > 0, got -1.'],
    [
      'clipping a tf.train optimizer',
      () => clip(wrong(tf.train.sgd(0.1)), { value: 1 }),
      '[clip] needs an optimizer such as sgd(), got an object of SGDOptimizer.',
    ],
    [
      'clipping nothing',
      () => clip(wrong(undefined), { value: 1 }),
      '[clip] needs an optimizer such as sgd(), got undefined.',
    ],
    [
      'the factory itself',
      () => clip(wrong(sgd), { value: 1 }),
      '[clip] needs an optimizer such as sgd(), got function sgd.',
    ],
    [
      'a norm of 0 for gradients',
      () => clipByGlobalNorm({}, 0),
      '[clipByGlobalNorm] maxNorm must be > 0, got 0.',
    ],
    ['a value that is no number', () => clipByValue({}, NaN), '[clipByValue] maxValue must be'],
    [
      'half a step',
      () => accumulateGradients(sgd(), { steps: 1.5 }),
      '[accumulateGradients] steps must be an integer, got 1.5.',
    ],
    [
      'no step',
      () => accumulateGradients(sgd(), { steps: 0 }),
      '[accumulateGradients] steps must be >= 1, got 0.',
    ],
    ['no options at all', () => accumulateGradients(sgd(), wrong({})), '[accumulateGradients] steps'],
    [
      'accumulating nothing',
      () => accumulateGradients(wrong(null), { steps: 2 }),
      '[accumulateGradients] needs an optimizer',
    ],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow('(OPTION_INVALID)');
  });
});

describe('an update that does not fit is one clear sentence', () => {
  const x = tf.variable(tf.tensor1d([1, 2]));
  const learningRate = tf.scalar(0.1);
  const apply = (optimizer: Optimizer, gradients: Record<string, tf.Tensor>): void =>
    optimizer.start().apply({ variables: { x }, gradients, learningRate, phase: 'update' });

  describe.each<[string, Optimizer]>([
    ['sgd', sgd()],
    ['accumulateGradients(sgd)', accumulateGradients(sgd(), { steps: 2 })],
  ])('%s', (name, optimizer) => {
    it('without a gradient', () => {
      expect(() => apply(optimizer, {})).toThrow(`[${name}] x has no gradient.`);
    });
    it('with a gradient too many', () => {
      const gradients = { x: tf.zeros([2]), y: tf.zeros([2]) };
      expect(() => apply(optimizer, gradients)).toThrow(
        'there is a gradient for y, which is not one of the variables to update',
      );
    });
    it('with a gradient of another shape', () => {
      expect(() => apply(optimizer, { x: tf.zeros([3]) })).toThrow(
        'the gradient of x must have shape [2], got [3]. Pass a gradient of the same shape as the variable. (SHAPE_MISMATCH)',
      );
      expect([...x.dataSync()]).toEqual([1, 2]);
    });
  });
});
