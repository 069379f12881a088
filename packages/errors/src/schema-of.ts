import * as v from 'valibot';
import type { Check } from './check.ts';

/** A check as a schema of valibot, for {@link parseOptions}. */
export function schemaOf<Value>(check: Check<Value>): v.GenericSchema<Value> {
  return v.custom<Value>(
    (value) => check(value) === undefined,
    ({ input }) => check(input) ?? '',
  );
}
