import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NamedTensors, NamedVariables } from '../core/named.ts';

/** What every rule is given at each update. */
export interface UpdateOptions {
  readonly learningRate: Scalar;
  /** At least 0; 0 by default. */
  readonly weightDecay?: number | Scalar;
}

/** What every rule is given, with the hyperparameters of its own. */
export type RuleOptions<Own extends string> = UpdateOptions & Readonly<Record<Own, number | Scalar>>;

/** One parameter of an update with all that its rule reads. */
export interface UpdatePart<Own extends string = never> {
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly slots: NamedVariables;
  readonly options: RuleOptions<Own>;
}

/** What a rule returns: the parameter's new value and that of each slot. */
export interface Updated {
  readonly parameter: Tensor;
  readonly slots: NamedTensors;
}

/** A slot has its parameter's shape, or is a single number such as a count. Either begins at zero. */
export type SlotShape = 'parameter' | 'scalar';

/**
 * An update rule as a value: which slots it keeps, and the pure function of one parameter.
 *
 * `update` reads no tensor value and changes none of its arguments; slots that it does not return stay as they are. It
 * is given each hyperparameter of its own, `Own`, as a number, or as a scalar where that is scheduled.
 */
export interface UpdateRule<Own extends string = never> {
  readonly slots: Readonly<Record<string, SlotShape>>;
  /**
   * True where each element of what `update` returns depends on the same element of the parameter, the gradient and
   * the slots alone (no norm, no mean, no matrix): small parameters are then updated together as one vector, in
   * which a scalar slot has the parameter's shape.
   */
  readonly elementwise?: boolean;
  /**
   * Does the same to the variables themselves where the device has an op for it, which spares the new values.
   *
   * @returns false, and nothing is done, where it has none: `update` is called then
   */
  changeInPlace?(part: UpdatePart<Own>): boolean;
  update(parameter: Tensor, gradient: Tensor, slots: NamedTensors, options: RuleOptions<Own>): Updated;
}
