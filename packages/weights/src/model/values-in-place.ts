import { CantripError, type Check, checkArgument, isPlainObject } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { codes } from '../error-codes.ts';

const tensorsCheck: Check<Readonly<Record<string, tf.Tensor>>> = (value) =>
  isPlainObject(value) && Object.values(value).every((one) => one instanceof tf.Tensor)
    ? undefined
    : 'must be tensors by name';

interface Place {
  readonly name: string;
  readonly variable: tf.Tensor;
}

/**
 * Tensors that stand in the place of variables of a model.
 *
 * @throws CantripError OPTION_INVALID; WEIGHTS_MISMATCH if one has no place, or another shape or type
 */
export function valuesInPlace(
  who: string,
  given: Readonly<Record<string, tf.Tensor>> | undefined,
  places: readonly Place[],
): ReadonlyMap<string, tf.Tensor> {
  if (given === undefined) return new Map();
  checkArgument(who, 'values', tensorsCheck, given);
  const byName = new Map(places.map(({ name, variable }) => [name, variable]));
  const faults = Object.entries(given).flatMap(([name, { shape, dtype }]) => {
    const variable = byName.get(name);
    if (!variable) return [`the model has no ${name}`];
    return tf.util.arraysEqual(shape, variable.shape) && dtype === variable.dtype
      ? []
      : [
          `${name} is ${dtype} [${shape.join(', ')}], in the model ${variable.dtype} [${variable.shape.join(', ')}]`,
        ];
  });
  if (faults.length === 0) return new Map(Object.entries(given));
  throw new CantripError(codes.WEIGHTS_MISMATCH, {
    who,
    what: `cannot use all values: ${faults.join('; ')}`,
    fix: 'Pass tensors by the names of the parameters, as run.variables has them',
  });
}
