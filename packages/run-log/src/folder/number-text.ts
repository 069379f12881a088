/** The numbers that JSON does not have. In JSON they are these texts, in CSV these words. */
export const unfinite: Readonly<Record<'NaN' | 'Infinity' | '-Infinity', number>> = {
  NaN: Number.NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
};

/** The text of a number that reads back as the same number, also for NaN, infinities and -0. */
export const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/**
 * JSON in which NaN and infinities are texts (`"NaN"`, `"Infinity"`, `"-Infinity"`) and -0 stays. What JSON does not have
 * becomes a short text, so options that hold functions or tensors can be written.
 */
export function jsonOf(value: unknown): string {
  return text(value, new Set());
}

function text(value: unknown, above: Set<unknown>): string {
  if (typeof value === 'number') return Number.isFinite(value) ? numberText(value) : `"${value}"`;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value);
  if (typeof value !== 'object') return JSON.stringify(wordFor(value));
  if (above.has(value)) return '"[circular]"';
  const inside = new Set(above).add(value);
  if (Array.isArray(value)) return `[${value.map((one) => text(one, inside)).join(',')}]`;
  const { prototype } = Object;
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== prototype && kind !== null) return JSON.stringify(wordFor(value));
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${text(one, inside)}`).join(',')}}`;
}

function wordFor(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? '[function]' : `[function ${value.name}]`;
  if (value instanceof RegExp || value instanceof Date || typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null
    ? `[${value.constructor.name || 'object'}]`
    : `[${typeof value}]`;
}
