import { createHash } from 'node:crypto';
import type { SafetensorsContent } from '@cantrip/safetensors';

/** The digest of a file that is refused. */
export const refusedDigest = '00000000';

/** Four bytes of a hash of names, types, shapes, bytes and metadata, in hexadecimal: equal to that of safetensors_verdicts.py. */
export function contentDigest({ tensors, metadata }: SafetensorsContent): string {
  const hash = createHash('sha256');
  for (const [name, { dtype, shape, bytes }] of sorted(tensors)) {
    hash.update(`${name}\n${dtype}\n${shape.join()}\n`).update(bytes);
  }
  for (const [name, text] of sorted(metadata)) hash.update(`${name}\n${text}\n`);
  return hash.digest('hex').slice(0, 8);
}

const sorted = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] =>
  [...map].sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
