import type { CApi, Pointer } from './c-api.ts';
import type { GraphApi } from './graph-api.ts';
import { opError } from './op-error.ts';

/** TensorFlow's library as it lies in this process: its functions, and what all calls share. */
export interface NativeLibrary {
  readonly path: string;
  /** E.g. `2.21.0`. */
  readonly version: string;
  readonly builtWithCuda: boolean;
  readonly api: CApi;
  readonly graph: GraphApi;
  /** The one status object of all synchronous calls: each call overwrites it. */
  readonly status: Pointer;
  copyIn(target: Pointer, source: ArrayBufferView, bytes: number): void;
  copyOut(target: ArrayBuffer, source: Pointer, bytes: number): void;
  /** Where this memory lies; good for as long as the view is referred to. */
  address(view: ArrayBufferView): Pointer;
  /** A permanent C string: op and attribute names are few, and TensorFlow may keep the address. */
  name(text: string): Pointer;
}

/**
 * Throws what TensorFlow reported for the call just made, if it failed.
 *
 * The status is cleared then: some functions write it only when they fail.
 */
export function check({ api, status }: NativeLibrary, op: string): void {
  const code = api.getCode(status);
  if (code === 0) return;
  const error = opError(op, code, api.getMessage(status));
  api.setStatus(status, 0, '');
  throw error;
}
