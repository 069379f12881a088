/** Of `node:util`; gone from Node 23 on. */
export function isNullOrUndefined(value: unknown): value is null | undefined {
  return value == null;
}

/** Of `node:util`; gone from Node 23 on. */
export function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}
