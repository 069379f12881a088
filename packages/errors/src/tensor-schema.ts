import * as v from 'valibot';
import { type TensorLike, tensorCheck } from './is-tensor.ts';
import { schemaOf } from './schema-of.ts';

/** A tensor that is still there, for {@link parseOptions}. */
export const tensorSchema: v.GenericSchema<TensorLike> = schemaOf(tensorCheck);

/** Tensors by name, for {@link parseOptions}. */
export const namedTensorsSchema: v.GenericSchema<Record<string, TensorLike>> = v.record(
  v.string(),
  tensorSchema,
);
