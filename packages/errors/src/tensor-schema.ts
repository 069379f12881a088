import * as v from 'valibot';
import { type TensorLike, tensorCheck } from './is-tensor.ts';

/** A tensor that is still there, for {@link parseOptions}. */
export const tensorSchema: v.GenericSchema<TensorLike> = v.custom<TensorLike>(
  (value) => tensorCheck(value) === undefined,
  ({ input }) => tensorCheck(input) ?? '',
);

/** Tensors by name, for {@link parseOptions}. */
export const namedTensorsSchema: v.GenericSchema<Record<string, TensorLike>> = v.record(
  v.string(),
  tensorSchema,
);
