import * as v from 'valibot';
import type { Check } from './check.ts';
import { type TensorLike, tensorCheck } from './is-tensor.ts';

/** Converts a check to a valibot schema, for {@link parseOptions}. */
export function schemaOf<Value>(check: Check<Value>): v.GenericSchema<Value> {
  return v.custom<Value>(
    (value) => check(value) === undefined,
    ({ input }) => check(input) ?? '',
  );
}

/** Schema of a tensor that has not been disposed, for {@link parseOptions}. */
export const tensorSchema: v.GenericSchema<TensorLike> = schemaOf(tensorCheck);

/** Schema of tensors by name, for {@link parseOptions}. */
export const namedTensorsSchema: v.GenericSchema<Record<string, TensorLike>> = v.record(
  v.string(),
  tensorSchema,
);
