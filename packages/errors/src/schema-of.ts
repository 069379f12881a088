import * as v from 'valibot';
import type { Check } from './check.ts';
import { floatTensorCheck, type TensorLike, tensorCheck } from './is-tensor.ts';

/** Converts a check to a valibot schema, for {@link parseOptions}. */
export function schemaOf<Value>(check: Check<Value>): v.GenericSchema<Value> {
  return v.custom<Value>(
    (value) => check(value) === undefined,
    ({ input }) => check(input) ?? '',
  );
}

/** Schema of a tensor that has not been disposed, for {@link parseOptions}. */
export const tensorSchema: v.GenericSchema<TensorLike> = schemaOf(tensorCheck);

/** Schema of a float32 tensor that has not been disposed, for {@link parseOptions}. */
export const floatTensorSchema: v.GenericSchema<TensorLike> = schemaOf(floatTensorCheck);

/** Schema of float32 tensors by name, for {@link parseOptions}. */
export const namedFloatTensorsSchema: v.GenericSchema<Record<string, TensorLike>> = v.record(
  v.string(),
  floatTensorSchema,
);
