import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';

const optionsCheck: Check<object> = (value) =>
  isPlainObject(value) ? undefined : 'must be an object of options';

/**
 * The options of a plugin as its `settings`: plain data, for logs and reports. An option that is undefined is left out. What is no
 * plain data becomes a short text: `[function cosine]`, `[Tensor]`, `/^conv/`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * plainSettings({ rate: 0.1, only: /^conv/, until: undefined }); // { rate: 0.1, only: '/^conv/' }
 * ```
 */
export function plainSettings(options: object): Readonly<Record<string, unknown>> {
  checkArgument('plainSettings', 'options', optionsCheck, options);
  return plain(options, []) as Readonly<Record<string, unknown>>;
}

function plain(value: unknown, above: readonly unknown[]): unknown {
  if (typeof value === 'function') return value.name === '' ? '[function]' : `[function ${value.name}]`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : value;
  if (above.includes(value)) return '[circular]';
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((one) => plain(one, inside));
  if (isPlainObject(value)) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return Object.fromEntries(entries.map(([name, one]) => [name, plain(one, inside)]));
  }
  return value instanceof RegExp ? String(value) : `[${value.constructor.name || 'object'}]`;
}
