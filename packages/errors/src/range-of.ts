const signs: Readonly<Record<string, string>> = {
  min_value: '>=',
  gt_value: '>',
  max_value: '<=',
  lt_value: '<',
};

interface Piped {
  readonly wrapped?: unknown;
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
}

/**
 * Everything that a valibot schema requires of a number, e.g. `a number >= 0 and < 1`; undefined for any other
 * schema.
 */
export function rangeOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { wrapped, pipe } = schema as Piped;
  if (wrapped !== undefined) return rangeOf(wrapped);
  if (pipe?.[0]?.type !== 'number') return undefined;
  const types = pipe.map(({ type }) => type);
  const isInteger = types.includes('integer') || types.includes('safe_integer');
  const kind = isInteger ? 'an integer' : types.includes('finite') ? 'a finite number' : 'a number';
  const bounds = pipe.flatMap(({ type, requirement }) =>
    type in signs ? [`${signs[type]} ${String(requirement)}`] : [],
  );
  return bounds.length === 0 ? kind : `${kind} ${bounds.join(' and ')}`;
}
