import * as v from 'valibot';
import { isPlainObject } from './is-plain-object.ts';

/** Where an object of a class stands in the place of options. */
export interface ForeignObject {
  readonly path: readonly (string | number)[];
  readonly value: object;
}

/** As much of valibot's schemas as is followed here. */
type Schema = v.GenericSchema & {
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly value?: Schema;
  readonly options?: readonly Schema[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly getter?: (input: unknown) => Schema;
};

/**
 * Finds an array, a date, a promise or another object of a class where a schema reads options: it has no option of its
 * own, so that all of them would take their defaults without a word.
 *
 * @param value - what the schema accepts
 */
export function findForeignObject(schema: v.GenericSchema, value: unknown): ForeignObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, wrapped, getter, options, item, entries, value: values } = schema as Schema;
  if (wrapped) return findForeignObject(wrapped, value);
  if (getter) return findForeignObject(getter(value), value);
  if (type === 'union' || type === 'variant') {
    const accepting = options?.find((option) => v.is(option, value));
    return accepting && findForeignObject(accepting, value);
  }
  if (item) return firstWithin((value as readonly unknown[]).map((one, index) => [index, item, one]));
  if (!entries && type !== 'record') return undefined;
  if (!isPlainObject(value)) return { path: [], value };
  const keys = entries ? Object.keys(entries) : Object.keys(value);
  return firstWithin(keys.map((key) => [key, entries?.[key] ?? values!, value[key]]));
}

type Part = readonly [key: string | number, schema: Schema, value: unknown];

function firstWithin(parts: readonly Part[]): ForeignObject | undefined {
  for (const [key, schema, value] of parts) {
    const found = findForeignObject(schema, value);
    if (found) return { path: [key, ...found.path], value: found.value };
  }
  return undefined;
}
