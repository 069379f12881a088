import * as v from 'valibot';
import { isPlainObject } from './check.ts';

/** An object of a class that was passed in place of options. */
export interface ForeignObject {
  readonly path: readonly (string | number)[];
  readonly value: object;
}

/** The part of valibot's schemas that is read here. */
type Schema = v.GenericSchema & {
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly value?: Schema;
  readonly options?: readonly Schema[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly getter?: (input: unknown) => Schema;
};

/**
 * Finds an array, a date, a promise or another object of a class where a schema reads options. Such an object has
 * none of the options, so all of them would silently take their defaults.
 *
 * @param value - a value that the schema accepts
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
