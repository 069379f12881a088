import { captureStep } from '@cantrip/core-tensor-gpu';
import { adam, type Optimizer, sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';

export type Rule = 'momentum' | 'adam';
export const rules: readonly Rule[] = ['momentum', 'adam'];

/** What each way to apply a rule starts from. */
export interface UpdateProblem {
  readonly rule: Rule;
  readonly parameters: readonly tf.Tensor[];
  /** The same at every call. */
  readonly gradients: readonly tf.Tensor[];
}

/** One way to apply a rule to all parameters. */
export interface UpdateWay {
  call(): void;
  /** As they are after the calls so far. */
  parameters(): tf.Tensor[];
}

/** Of both rules, whatever makes no difference to the time. */
export const hyperparameters = { learningRate: 0.01, momentum: 0.9, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** What a captured step does with an optimizer of `@cantrip/optimizers`. */
export function ours({ rule, parameters, gradients }: UpdateProblem): UpdateWay {
  const variables = named(parameters.map((parameter) => tf.variable(parameter)));
  const apply = applier(rule, variables);
  const step = captureStep((inputs: Record<string, tf.Tensor>) => {
    apply(inputs);
    return { done: tf.scalar(1) };
  });
  return {
    call: () => step.runSync(named(gradients)).done.dispose(),
    parameters: () => Object.values(variables).map((variable) => tf.clone(variable)),
  };
}

/**
 * The same with all parameters in one vector: the gradients are put together for it, and the parameters taken apart
 * again, as the model needs them.
 */
export function flat({ rule, parameters, gradients }: UpdateProblem): UpdateWay {
  const vector = (parts: readonly tf.Tensor[]): tf.Tensor =>
    tf.concat(parts.map((part) => tf.reshape(part, [-1])));
  const variables = named([tf.variable(vector(parameters))]);
  const apply = applier(rule, variables);
  const sizes = parameters.map(({ size }) => size);
  const apart = (whole: tf.Tensor): tf.Tensor[] =>
    tf.split(whole, sizes).map((part, i) => tf.reshape(part, parameters[i]!.shape));
  const step = captureStep((inputs: Record<string, tf.Tensor>) => {
    apply(named([vector(Object.values(inputs))]));
    return named(apart(variables['p0']!));
  });
  return {
    call: () => void tf.dispose(step.runSync(named(gradients))),
    parameters: () => tf.tidy(() => apart(variables['p0']!)),
  };
}

function applier(
  rule: Rule,
  variables: Record<string, tf.Variable>,
): (gradients: Record<string, tf.Tensor>) => void {
  const optimizer = optimizerOf(rule).start();
  return (gradients) =>
    optimizer.apply({
      variables,
      gradients,
      learningRate: tf.scalar(hyperparameters.learningRate),
      scalars: {},
      phase: 'update',
    });
}

function optimizerOf(rule: Rule): Optimizer {
  const { learningRate, momentum, ...moments } = hyperparameters;
  return rule === 'momentum' ? sgd({ learningRate, momentum }) : adam({ learningRate, ...moments });
}

function named<T>(values: readonly T[]): Record<string, T> {
  return Object.fromEntries(values.map((value, i) => [`p${i}`, value]));
}
