/**
 * Describes a received value for an error message: short, on one line, with its type.
 *
 * @example
 * ```ts
 * describe('adam'); // "adam", with its quotes
 * describe([1, 'two']); // [1, "two"]
 * describe(new Float32Array(3)); // Float32Array(3)
 * ```
 */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return describeArray(value);
  if (typeof value === 'object' && value !== null) return describeObject(value);
  return String(value);
}

function describeArray(values: readonly unknown[]): string {
  return `[${values.slice(0, 6).map(describe).join(', ')}${values.length > 6 ? ', …' : ''}]`;
}

function describeObject(value: object): string {
  if (ArrayBuffer.isView(value) && 'length' in value)
    return `${value.constructor.name}(${String(value.length)})`;
  // An object without a prototype has no constructor, although its type has one.
  const constructor = value.constructor as { readonly name: string } | undefined;
  return constructor === undefined ? 'an object of no class' : `an object of ${constructor.name}`;
}
