import type { Check } from './check.ts';

/** The properties of a tensor that a check reads. With this type, the package needs no tensor library. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly isDisposed: boolean;
}

/**
 * Returns whether `value` is a tensor of any copy of TensorFlow.js. It checks the properties that TensorFlow.js
 * checks.
 */
export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { dataId, shape, dtype } = value as { readonly [key: string]: unknown };
  return typeof dataId === 'object' && dataId !== null && Array.isArray(shape) && typeof dtype === 'string';
}

/** Checks for a tensor that is not disposed, for {@link checkArgument}. */
export const tensorCheck: Check<TensorLike> = (value) => {
  if (!isTensor(value)) return 'must be a tensor';
  return value.isDisposed ? 'must be a tensor that is not disposed of' : undefined;
};

/** Checks for a float32 tensor that is not disposed. Others would give numbers of another kind, or TensorFlow's error. */
export const floatTensorCheck: Check<TensorLike> = (value) =>
  tensorCheck(value) ?? ((value as TensorLike).dtype === 'float32' ? undefined : 'must be a float32 tensor');

/** Checks for a float32 tensor without axes that is not disposed. */
export const floatScalarCheck: Check<TensorLike> = (value) =>
  floatTensorCheck(value) ??
  ((value as TensorLike).shape.length === 0 ? undefined : 'must be a scalar tensor');
