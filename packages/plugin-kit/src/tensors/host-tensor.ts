/** Numbers on the host with their shape: as much of `HostTensor` of `@cantrip/ops` as is read here. */
export interface HostNumbers {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

/**
 * Whether a value stands for one tensor on the host: `{ values, shape }`. It need not be a valid one: plain numbers as
 * `values`, or a typed array without a shape, are meant to be one too, so that a check can say what is wrong with them.
 *
 * Tensors by the names `values` and `shape` are not one: a shape is a list.
 *
 * @example
 * ```ts
 * isHostTensor({ values: new Float32Array(4), shape: [2, 2] }); // true
 * isHostTensor({ values: tf.zeros([2]), shape: tf.zeros([2]) }); // false: two tensors by name
 * isHostTensor(tf.zeros([2])); // false
 * ```
 */
export function isHostTensor(value: unknown): value is HostNumbers {
  if (typeof value !== 'object' || value === null) return false;
  const { values, shape } = value as { readonly values?: unknown; readonly shape?: unknown };
  return ArrayBuffer.isView(values) || (values !== undefined && Array.isArray(shape));
}
