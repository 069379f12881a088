import * as v from 'valibot';

/** What a check reads of a tensor, so that this package needs no tensor library. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
}

/** Whether `value` is a tensor of any copy of TensorFlow.js: the properties that TensorFlow.js itself looks at. */
export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { dataId, shape, dtype } = value as { readonly [key: string]: unknown };
  return typeof dataId === 'object' && dataId !== null && Array.isArray(shape) && typeof dtype === 'string';
}

/** A tensor that is still there, for {@link parseOptions}. */
export const tensorSchema: v.GenericSchema<TensorLike> = v.custom<TensorLike>(
  (value) => isTensor(value) && !value.isDisposed,
  ({ input }) => (isTensor(input) ? 'must be a tensor that is not disposed of' : 'must be a tensor'),
);

/** Tensors by name, for {@link parseOptions}. */
export const namedTensorsSchema: v.GenericSchema<Record<string, TensorLike>> = v.record(
  v.string(),
  tensorSchema,
);
