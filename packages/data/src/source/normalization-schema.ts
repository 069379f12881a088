import type { Normalization } from '@cantrip/ops';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** A number that stays finite on the device, where it is float32. */
const finite = v.pipe(
  v.number(),
  v.finite(),
  v.check((value) => Number.isFinite(Math.fround(value)), 'must be a number that float32 can hold'),
);
const part = v.union(
  [finite, v.pipe(v.array(finite), v.nonEmpty())],
  'must be a number that float32 can hold, or one for each channel',
);

/** A normalization's numbers; whether they fit the channels is checked beside the arrays. */
export const normalizationSchema: v.GenericSchema<Normalization> = v.strictObject({
  scale: part,
  offset: part,
});

/**
 * The normalization that an array has of its own.
 *
 * @throws CantripError OPTION_INVALID
 */
export function parseNormalization(who: string, path: string, given: unknown): Normalization {
  const name = `${path}.normalization`;
  return parseOptions(who, v.object({ [name]: normalizationSchema }), { [name]: given })[name]!;
}
