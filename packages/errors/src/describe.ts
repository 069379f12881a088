/**
 * Describes a received value for an error message: short, on one line, with its type.
 *
 * @example
 * ```ts
 * describe('adam'); // "adam", with its quotes
 * describe([1, 'two']); // [1, "two"]
 * describe(new Float32Array(3)); // Float32Array(3)
 * describe(tf.zeros([2, 3])); // a tensor of float32, [2, 3]
 * ```
 */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value))
    return `[${value.slice(0, 6).map(describe).join(', ')}${value.length > 6 ? ', …' : ''}]`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  // An object without a prototype has no constructor, although its type has one.
  const { constructor, length, dtype, shape } = value as {
    readonly constructor?: { readonly name: string };
    readonly length?: number;
    readonly dtype?: string;
    readonly shape?: readonly number[];
  };
  if (dtype && shape) return `a tensor of ${dtype}, [${shape.join(', ')}]`;
  if (!constructor) return 'an object of no class';
  return ArrayBuffer.isView(value) && length !== undefined
    ? `${constructor.name}(${length})`
    : `an object of ${constructor.name}`;
}

/**
 * Returns what to do about a value of the wrong kind, or one that was not awaited or not called.
 *
 * @param wanted - the allowed values, e.g. `a number >= 0 and < 1`
 */
export function fixFor(path: string, received: unknown, wanted: string): string {
  if (received instanceof Promise) return `Await ${path} first`;
  return typeof received === 'function'
    ? `Pass the result of the function as ${path}, not the function`
    : `Set ${path} to ${wanted}`;
}
