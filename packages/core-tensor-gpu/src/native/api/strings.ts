import type { Pointer } from './c-api.ts';
import { dataTypes } from './dtype.ts';
import { dimensions } from './host-values.ts';
import type { NativeLibrary } from './native-library.ts';

/** `sizeof(TF_TString)`. */
const stringBytes = 24n;

/** Creates a string tensor whose long strings are stored outside it. Free it with {@link deleteStringTensor}. */
export function stringsToTensor(
  { api }: NativeLibrary,
  shape: readonly number[],
  strings: readonly Uint8Array[],
): Pointer {
  const bytes = strings.length * Number(stringBytes);
  const tensor = api.allocateTensor(dataTypes.TF_STRING, dimensions(shape), shape.length, bytes);
  let string = api.tensorData(tensor);
  for (const value of strings) {
    api.stringInit(string);
    api.stringCopy(string, value, value.length);
    string += stringBytes;
  }
  return tensor;
}

/**
 * Deletes a tensor from {@link stringsToTensor}. TensorFlow does not know that it owns strings, so they are freed
 * one by one.
 */
export function deleteStringTensor({ api }: NativeLibrary, tensor: Pointer): void {
  const count = BigInt(api.tensorElementCount(tensor));
  const first = count > 0n ? api.tensorData(tensor) : 0n;
  for (let index = 0n; index < count; index++) api.stringDealloc(first + index * stringBytes);
  api.deleteTensor(tensor);
}

/** Copies the bytes of a string tensor. */
export function tensorToStrings({ api, copyOut }: NativeLibrary, tensor: Pointer): Uint8Array[] {
  const count = BigInt(api.tensorElementCount(tensor));
  const first = count > 0n ? api.tensorData(tensor) : 0n;
  const strings: Uint8Array[] = [];
  for (let index = 0n; index < count; index++) {
    const string = first + index * stringBytes;
    const buffer = new ArrayBuffer(api.stringSize(string));
    if (buffer.byteLength > 0) copyOut(buffer, api.stringData(string), buffer.byteLength);
    strings.push(new Uint8Array(buffer));
  }
  return strings;
}
