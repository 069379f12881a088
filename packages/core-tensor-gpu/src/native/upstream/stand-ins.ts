/** The two functions of `node:util` that tfjs-node calls and that Node has dropped with version 23. */
export const util = {
  isNullOrUndefined: (value: unknown): boolean => value == null,
  isArray: (value: unknown): boolean => Array.isArray(value),
} as const;

/** The protocol messages serve TensorBoard alone, which is not offered; loading them would change the global object. */
export const messages = {} as const;
