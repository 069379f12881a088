/** From `node:util`; removed in Node 23. */
export function isNullOrUndefined(value: unknown): value is null | undefined {
  return value == null;
}

/** From `node:util`; removed in Node 23. */
export function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
