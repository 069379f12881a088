import type { SafetensorsDtype } from './dtypes.ts';

/** One tensor of a file. */
export interface SafeTensor {
  readonly dtype: SafetensorsDtype;
  /** The size of each axis; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The values in little-endian bytes, row-major: as many as shape and dtype need. */
  readonly bytes: Uint8Array;
}

/** Checks for bytes, also of another realm and also in shared memory. A Buffer of Node is a Uint8Array too. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === 'Uint8Array';
}
