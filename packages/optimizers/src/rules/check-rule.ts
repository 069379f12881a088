import type { Tensor } from '@tensorflow/tfjs-core';
import { namedTensorsSchema, parseOptions, tensorSchema } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero } from '../core/common-options.ts';
import type { NamedTensors } from '../core/named.ts';

/** Schema of a hyperparameter of an update rule: a number in its range, or a tensor, whose value is not read. */
export const numberOrTensor = (schema: v.GenericSchema<number>): v.GenericSchema<unknown> =>
  v.lazy((input) => (typeof input === 'object' && input !== null ? tensorSchema : schema));

const tensors = v.object({ parameter: tensorSchema, gradient: tensorSchema, slots: namedTensorsSchema });

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
 * @throws CantripError OPTION_INVALID
 */
export function checkRule(
  who: string,
  given: { readonly parameter: Tensor; readonly gradient: Tensor; readonly slots: NamedTensors },
  options: unknown,
  schema: v.GenericSchema,
): void {
  parseOptions(who, tensors, given);
  parseOptions(who, schema, options);
}
