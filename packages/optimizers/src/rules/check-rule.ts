import { type Tensor, util } from '@tensorflow/tfjs-core';
import {
  CantripError,
  floatScalarCheck,
  floatTensorSchema,
  namedFloatTensorsSchema,
  parseOptions,
  schemaOf,
} from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero } from '../core/common-options.ts';
import type { NamedTensors } from '../core/named.ts';

const scalarSchema = schemaOf(floatScalarCheck);

/** Schema of a hyperparameter of an update rule: a number in its range, or a scalar tensor, whose value is not read. */
export const numberOrTensor = (schema: v.GenericSchema<number>): v.GenericSchema<unknown> =>
  v.lazy((input) => (typeof input === 'object' && input !== null ? scalarSchema : schema));

const tensors = v.object({
  parameter: floatTensorSchema,
  gradient: floatTensorSchema,
  slots: namedFloatTensorsSchema,
});

/** Schema of a rule's options: those of every rule, and its own. */
export function ruleOptions(own: Readonly<Record<string, v.GenericSchema>>): v.GenericSchema {
  return v.strictObject({
    learningRate: numberOrTensor(atLeastZero),
    weightDecay: v.optional(numberOrTensor(atLeastZero)),
    ...own,
  });
}

/**
 * Checks the arguments of an update rule.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 */
export function checkRule(
  who: string,
  given: { readonly parameter: Tensor; readonly gradient: Tensor; readonly slots: NamedTensors },
  options: unknown,
  schema: v.GenericSchema,
): void {
  parseOptions(who, tensors, given);
  parseOptions(who, schema, options);
  checkShape(who, 'gradient', given.gradient, given.parameter);
  for (const [name, slot] of Object.entries(given.slots))
    if (name !== 'step') checkShape(who, `the slot ${name}`, slot, given.parameter);
}

/** TensorFlow.js would broadcast another shape, and the parameter would get the shape of the result. */
function checkShape(who: string, name: string, { shape }: Tensor, parameter: Tensor): void {
  if (util.arraysEqual(shape, parameter.shape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `${name} must have the shape of the parameter, [${parameter.shape.join(', ')}], got [${shape.join(', ')}]`,
    fix: 'Pass tensors of the same shape',
  });
}
