import type { Pointer } from './c-api.ts';
import { check, type NativeLibrary } from './native-library.ts';

/** Copies the bytes of a `TF_Buffer` that a call returns, and deletes the buffer. */
export function readBuffer(library: NativeLibrary, op: string, call: () => Pointer): Uint8Array {
  const { graph: api, copyOut } = library;
  const buffer = call();
  try {
    check(library, op);
    // struct TF_Buffer { const void* data; size_t length; … }
    const head = new BigUint64Array(2);
    copyOut(head.buffer, buffer, 16);
    const bytes = new Uint8Array(Number(head[1]));
    copyOut(bytes.buffer, head[0]!, bytes.length);
    return bytes;
  } finally {
    api.deleteBuffer(buffer);
  }
}
