import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { accumulateGradients, clip, noDecayOnBiasesAndNorms, type Optimizer, sgd } from '../src/index.ts';

const names = ['both/bias', 'both/bias_2', 'both/kernel_2', 'own/bias_2'];
const roles = { 'both/bias_2': 'both/bias', 'both/kernel_2': 'both/kernel' };

/** Which of the parameters a step with no gradient changes. All have two axes, so only names decide. */
function decayed(optimizer: Optimizer): string[] {
  const variables = Object.fromEntries(names.map((name) => [name, tf.variable(tf.ones([1, 1]))]));
  const gradients = Object.fromEntries(names.map((name) => [name, tf.zeros([1, 1])]));
  const running = optimizer.start(names, roles);
  running.apply({ variables, gradients, learningRate: tf.scalar(1), phase: 'update' });
  running.dispose();
  return names.filter((name) => variables[name]!.dataSync()[0] !== 1);
}

describe('a pattern means what a parameter is, whatever number its name has', () => {
  const options = { weightDecay: 0.5, groups: [noDecayOnBiasesAndNorms] };

  it.each([
    ['alone', sgd(options)],
    ['clipped', clip(sgd(options), { value: 1 })],
    ['accumulated', accumulateGradients(sgd(options), { steps: 1 })],
  ])('%s', (_, optimizer) => {
    // The layer `own` has a weight that it calls bias_2 itself.
    expect(decayed(optimizer)).toEqual(['both/kernel_2', 'own/bias_2']);
  });

  it('also as a glob, and the name with its number still fits', () => {
    expect(decayed(sgd({ weightDecay: 0.5, groups: [{ match: '**/bias', weightDecay: 0 }] }))).toEqual([
      'both/kernel_2',
      'own/bias_2',
    ]);
    expect(decayed(sgd({ weightDecay: 0.5, groups: [{ match: 'both/bias_2', weightDecay: 0 }] }))).toEqual([
      'both/bias',
      'both/kernel_2',
      'own/bias_2',
    ]);
  });
});
