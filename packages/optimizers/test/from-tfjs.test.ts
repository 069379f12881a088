import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fromTfjs, sgd } from '../src/index.ts';
import golden from './golden/optimizers.json' with { type: 'json' };
import { relativeError } from './near.ts';
import { beginTraining, mapValues, type Values } from './training.ts';

const { inputs } = golden.cases;
const parameters: Values = inputs.parameters;
const gradients: readonly Values[] = inputs.gradients;
const defaultEpsilon = undefined as unknown as number;

/** tfjs itself is the other implementation: an optimizer at this learning rate. */
const makers: Record<string, (learningRate: number) => tf.Optimizer> = {
  sgd: (rate) => tf.train.sgd(rate),
  momentum: (rate) => tf.train.momentum(rate, 0.9),
  'momentum, nesterov': (rate) => tf.train.momentum(rate, 0.9, true),
  adagrad: (rate) => tf.train.adagrad(rate),
  'adagrad, initial value': (rate) => tf.train.adagrad(rate, 0.5),
  adadelta: (rate) => tf.train.adadelta(rate),
  'adadelta, rho, epsilon': (rate) => tf.train.adadelta(rate, 0.8, 1e-3),
  adam: (rate) => tf.train.adam(rate),
  'adam, betas, epsilon': (rate) => tf.train.adam(rate, 0.8, 0.9, 1e-3),
  adamax: (rate) => tf.train.adamax(rate),
  'adamax, decay': (rate) => tf.train.adamax(rate, 0.8, 0.9, 1e-3, 0.1),
  rmsprop: (rate) => tf.train.rmsprop(rate),
  'rmsprop, momentum': (rate) => tf.train.rmsprop(rate, 0.8, 0.5, 1e-3),
  'rmsprop, centered': (rate) => tf.train.rmsprop(rate, 0.8, 0.5, defaultEpsilon, true),
};
const each = Object.entries(makers);
const rate = 0.02;

/** What tfjs does itself over all steps, beginning with these values. */
function trainedByTfjs(optimizer: tf.Optimizer, steps: readonly Values[]): Record<string, number[]> {
  const variables = mapValues(parameters, (value) => tf.variable(tf.tensor(value), true));
  for (const values of steps) {
    const named = Object.entries(values).map(([name, value]) => ({
      name: (variables[name] as tf.Variable).name,
      tensor: tf.tensor(value),
    }));
    optimizer.applyGradients(named);
  }
  return mapValues(variables, (variable) => [...variable.dataSync()]);
}

/** With a beta of 0.999, tfjs's own `1 - beta^t` has three right digits at first: it subtracts in float32. */
function toleranceOf(rule: string): number {
  return rule === 'adam' ? 3e-6 : 1e-6;
}

describe('fromTfjs', () => {
  it.each(each)('follows the rule of tf.train.%s over 20 steps', (rule, make) => {
    const training = beginTraining(fromTfjs(make(rate)), parameters);
    for (const values of gradients) training.step(values);
    const expected = trainedByTfjs(make(rate), gradients);
    for (const [name, variable] of Object.entries(training.variables)) {
      expect(relativeError(variable, expected[name])).toBeLessThan(toleranceOf(rule));
    }
    training.dispose();
  });

  it.each(each)('makes the learning rate of tf.train.%s work at every step', (name, make) => {
    const scale = (factor: number): number[] => {
      const training = beginTraining(fromTfjs(make(rate)), parameters);
      const before = training.numbers();
      training.step(gradients[0] as Values, rate * factor);
      const after = training.numbers();
      training.dispose();
      return Object.keys(before).flatMap((key) => before[key]!.map((value, i) => after[key]![i]! - value));
    };
    const [once, thrice] = [scale(1), scale(3)];
    once.forEach((change, i) => expect(thrice[i]! / change, name).toBeCloseTo(3, 2));
    const fresh = trainedByTfjs(make(rate * 3), gradients.slice(0, 1));
    const flat = Object.values(fresh).flat();
    const ours = Object.values(parameters).flatMap((value) => [value].flat(3) as number[]);
    flat.forEach((value, i) => expect(ours[i]! + thrice[i]!).toBeCloseTo(value, 5));
  });

  it.each(each)('keys the slots of tf.train.%s by name', (_name, make) => {
    const training = beginTraining(fromTfjs(make(rate)), parameters);
    const { 'norm/gamma': gamma, ...others } = gradients[0] as Record<string, tf.TensorLike>;
    training.step(others);
    training.step({ 'norm/gamma': gamma as tf.TensorLike, ...others });
    const alone = beginTraining(fromTfjs(make(rate)), parameters);
    alone.step({ 'norm/gamma': gamma as tf.TensorLike });
    expect(training.numbers()['norm/gamma']).toEqual(alone.numbers()['norm/gamma']);
    training.dispose();
    alone.dispose();
  });

  it('takes over the name and the learning rate', () => {
    expect(fromTfjs(tf.train.adamax(0.25))).toMatchObject({ name: 'Adamax', learningRate: 0.25 });
  });

  it('takes over a momentum that was set later, which tfjs itself ignores', () => {
    const momentum = tf.train.momentum(1, 0.9);
    momentum.setMomentum(0.5);
    const training = beginTraining(fromTfjs(momentum), { x: [0] });
    training.step({ x: [1] });
    training.step({ x: [1] });
    expect(training.numbers().x).toEqual([-2.5]);
    training.dispose();
  });

  class Mine extends tf.SGDOptimizer {}
  it.each<[string, unknown]>([
    ['a subclass', new Mine(0.1)],
    ['an optimizer of ours', sgd()],
    ['a name', 'sgd'],
    ['nothing', undefined],
  ])('refuses %s', (_what, value) => {
    expect(() => fromTfjs(value as tf.Optimizer)).toThrow(
      /^\[fromTfjs\] needs an optimizer of tf\.train.*OPTION_INVALID/,
    );
  });

  it.each<[tf.Optimizer, string]>([
    [tf.train.sgd(-1), '[fromTfjs(SGD)] learningRate must be >= 0, got -1.'],
    [tf.train.momentum(0.1, 1), '[fromTfjs(Momentum)] momentum must be < 1, got 1.'],
    [tf.train.adam(0.1, 2), '[fromTfjs(Adam)] beta1 must be < 1, got 2.'],
  ])('refuses a hyperparameter out of range', (optimizer, message) => {
    expect(() => fromTfjs(optimizer)).toThrow(message);
  });
});
