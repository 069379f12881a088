import type { CApi, Pointer } from './c-api.ts';
import type { GraphApi } from './graph-api.ts';
import { opError } from './op-error.ts';

/** TensorFlow's library in this process: its functions, and what all calls share. */
export interface NativeLibrary {
  readonly path: string;
  /** E.g. `2.21.0`. */
  readonly version: string;
  readonly builtWithCuda: boolean;
  readonly api: CApi;
  readonly graph: GraphApi;
  /** The status object of all synchronous calls. Each call overwrites it. */
  readonly status: Pointer;
  copyIn(target: Pointer, source: ArrayBufferView, bytes: number): void;
  copyOut(target: ArrayBuffer, source: Pointer, bytes: number): void;
  /** The address of this memory. It is valid while the view is referenced. */
  address(view: ArrayBufferView): Pointer;
  /** A permanent C string. Op and attribute names are few, and TensorFlow may keep the address. */
  name(text: string): Pointer;
}

/**
 * Throws the error that TensorFlow reported for the last call, if it failed. It clears the status, because some
 * functions write it only if they fail.
 */
export function check({ api, status }: NativeLibrary, op: string): void {
  const code = api.getCode(status);
  if (code === 0) return;
  const error = opError(op, code, api.getMessage(status));
  api.setStatus(status, 0, '');
  throw error;
}
