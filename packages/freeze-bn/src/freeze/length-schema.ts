import { schemaOf } from '@cantrip/errors';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import type * as v from 'valibot';

/** A {@link Length}: at least 0, and at most 100 %. */
export const lengthSchema: v.GenericSchema<Length> = schemaOf(lengthCheck);

/** Whether a length is 0, whatever the run. */
export function isNone(length: Length): boolean {
  return Number.parseFloat(String(length)) === 0;
}
