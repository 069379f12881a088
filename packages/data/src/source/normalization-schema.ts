import type { Normalization } from '@cantrip/ops';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** A number that is finite in float32, the type on the device. */
const finite = v.pipe(
  v.number(),
  v.finite(),
  v.check((value) => Number.isFinite(Math.fround(value)), 'must be a number that float32 can hold'),
);
const part = v.union(
  [finite, v.pipe(v.array(finite), v.nonEmpty())],
  'must be a number that float32 can hold, or one for each channel',
);

/** Schema of a normalization. Whether it matches the channels is checked with the arrays. */
export const normalizationSchema: v.GenericSchema<Normalization> = v.strictObject({
  scale: part,
  offset: part,
});

/**
 * Checks the normalization of a single array.
 *
 * @throws CantripError OPTION_INVALID
 */
export function parseNormalization(who: string, path: string, given: unknown): Normalization {
  const name = `${path}.normalization`;
  return parseOptions(who, v.object({ [name]: normalizationSchema }), { [name]: given })[name]!;
}
