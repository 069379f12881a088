import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../named.ts';

/** What every rule is given at each update. */
export interface UpdateOptions {
  readonly learningRate: Scalar;
  /** At least 0; 0 by default. */
  readonly weightDecay?: number | Scalar;
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
  update(
    parameter: Tensor,
    gradient: Tensor,
    slots: NamedTensors,
    options: UpdateOptions & Readonly<Record<Own, number | Scalar>>,
  ): Updated;
}
