import type { SafeTensor, SafetensorsDtype } from '@cantrip/safetensors';

/** Values of a variable. */
export type TensorValues = Float32Array | Int32Array | Uint8Array;

/** The types of variables. */
export type VariableType = 'float32' | 'int32' | 'bool';

type Decode = (bytes: Uint8Array) => TensorValues;

/** What a variable of each type may be read from. Wider floats are rounded; other integers would be changed silently. */
const decoders: Readonly<Record<VariableType, Partial<Record<SafetensorsDtype, Decode>>>> = {
  float32: {
    F32: (bytes) => new Float32Array(aligned(bytes)),
    F64: (bytes) => Float32Array.from(new Float64Array(aligned(bytes))),
    F16: (bytes) => Float32Array.from(new Uint16Array(aligned(bytes)), halfToNumber),
    // The upper half of a float32.
    BF16: (bytes) =>
      new Float32Array(Uint32Array.from(new Uint16Array(aligned(bytes)), (half) => half << 16).buffer),
  },
  int32: {
    I32: (bytes) => new Int32Array(aligned(bytes)),
    I16: (bytes) => Int32Array.from(new Int16Array(aligned(bytes))),
    U16: (bytes) => Int32Array.from(new Uint16Array(aligned(bytes))),
    I8: (bytes) => Int32Array.from(new Int8Array(aligned(bytes))),
    U8: (bytes) => Int32Array.from(bytes),
  },
  bool: { BOOL: (bytes) => Uint8Array.from(bytes) },
};

/** @returns undefined if a variable of this type cannot hold these values */
export function decodeTensor({ dtype, bytes }: SafeTensor, type: VariableType): TensorValues | undefined {
  return decoders[type][dtype]?.(bytes);
}

/** The types of stored tensors that a variable can be read from. */
export const readableAs = (type: VariableType): string => Object.keys(decoders[type]).join(', ');

/** The bytes alone, because a view of a file may begin anywhere. */
const aligned = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
