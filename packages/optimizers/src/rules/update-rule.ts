import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NamedTensors, NamedVariables } from '../core/named.ts';

/** The options that every rule receives at each update. */
export interface UpdateOptions {
  readonly learningRate: Scalar;
  /** The weight decay; at least 0, 0 by default. */
  readonly weightDecay?: number | Scalar;
}

/** The options of every rule, and the hyperparameters of the rule itself. */
export type RuleOptions<Own extends string> = UpdateOptions & Readonly<Record<Own, number | Scalar>>;

/** One parameter of an update, with everything that its rule reads. */
export interface UpdatePart<Own extends string = never> {
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly slots: NamedVariables;
  readonly options: RuleOptions<Own>;
}

/** The result of a rule: the new value of the parameter and of each slot. */
export interface Updated {
  readonly parameter: Tensor;
  readonly slots: NamedTensors;
}

/** The shape of a slot: the parameter's shape, or a single number such as a count. Both start at zero. */
export type SlotShape = 'parameter' | 'scalar';

/**
 * An update rule: the slots that it keeps, and a pure function for one parameter.
 *
 * `update` must not read tensor values or change its arguments. Slots that it does not return stay the same. It
 * receives each of its hyperparameters `Own` as a number, or as a scalar if it is scheduled.
 */
export interface UpdateRule<Own extends string = never> {
  readonly slots: Readonly<Record<string, SlotShape>>;
  /**
   * Set it to true if each element of the result depends only on the same element of the parameter, the gradient and
   * the slots (no norm, no mean, no matrix). Small parameters are then updated together as one vector, in which a
   * scalar slot has the parameter's shape.
   */
  readonly elementwise?: boolean;
  /** Fixed choices that are no hyperparameters, e.g. `nesterov`: plain data. A run that goes on is compared with them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Does the same in place if the device has an op for it, which saves memory for the new values.
   *
   * @returns false if the device has no such op; then nothing is changed and `update` is called
   */
  changeInPlace?(part: UpdatePart<Own>): boolean;
  update(parameter: Tensor, gradient: Tensor, slots: NamedTensors, options: RuleOptions<Own>): Updated;
}
