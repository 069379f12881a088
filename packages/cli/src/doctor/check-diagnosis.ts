import type { Diagnosis } from '@cantrip/core-tensor-gpu';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
const text = v.string();
const optionalText = v.optional(text);

const description = v.looseObject({
  version: text,
  hardware: text,
  threads: count,
  memory: count,
  library: optionalText,
  settings: v.optional(v.looseObject({ oneDnn: v.optional(v.boolean()), stepThreads: optionalText })),
});

const device = v.variant('available', [
  v.looseObject({ name: text, available: v.literal(true), description }),
  v.looseObject({ name: text, available: v.literal(false), reason: text, fix: optionalText }),
]);

const choice = v.looseObject({
  name: text,
  device: text,
  version: text,
  batch: text,
  threads: count,
  ratio: count,
  milliseconds: count,
  measured: v.pipe(text, v.isoTimestamp('must be a date and time in ISO 8601')),
  environment: v.record(text, text),
  compile: optionalText,
});
const file = v.union(
  [v.looseObject({ choice }), v.looseObject({ path: text, problem: text })],
  'must have a choice, or a path and a problem',
);

/** The fields of a diagnosis that are read. It may have more fields, e.g. if a later version made it. */
const schema = v.looseObject({
  node: text,
  platform: text,
  hardware: text,
  threads: count,
  memory: count,
  devices: v.array(device),
  refusal: v.optional(v.looseObject({ reason: text, fix: optionalText })),
  libraries: v.array(v.looseObject({ source: text, path: text, found: v.boolean(), problem: optionalText })),
  tuning: v.looseObject({ folder: text, files: v.array(file) }),
});

/**
 * Checks a diagnosis and returns it unchanged.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkDiagnosis(who: string, diagnosis: Diagnosis): Diagnosis {
  parseOptions(who, v.object({ diagnosis: schema }), { diagnosis });
  return diagnosis;
}
