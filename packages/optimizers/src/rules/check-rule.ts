import type { Tensor } from '@tensorflow/tfjs-core';
import { namedTensorsSchema, parseOptions, tensorSchema } from '@cantrip/errors';
import * as v from 'valibot';
import { atLeastZero } from '../core/common-options.ts';
import type { NamedTensors } from '../core/named.ts';

/** A hyperparameter as an update rule takes it: a number in its range, or a tensor, whose value nobody reads. */
export const numberOrTensor = (schema: v.GenericSchema<number>): v.GenericSchema<unknown> =>
  v.lazy((input) => (typeof input === 'object' && input !== null ? tensorSchema : schema));

const tensors = v.object({ parameter: tensorSchema, gradient: tensorSchema, slots: namedTensorsSchema });

/** The options of a rule: those that every rule has, and its own. */
export function ruleOptions(own: Readonly<Record<string, v.GenericSchema>>): v.GenericSchema {
  return v.strictObject({
    learningRate: numberOrTensor(atLeastZero),
    weightDecay: v.optional(numberOrTensor(atLeastZero)),
    ...own,
  });
}

/**
 * Checks what an update rule is called with.
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
