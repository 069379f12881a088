import { createHash } from 'node:crypto';
import type { NumberArray } from '../../native/api/dtype.ts';

/** A short text that is another one where any of the parts, or their order, is. */
export function fingerprint(...parts: readonly (string | NumberArray)[]): string {
  const hash = createHash('sha1');
  for (const part of parts) {
    const size = typeof part === 'string' ? part.length : part.byteLength;
    hash.update(`${size}:`).update(part);
  }
  return hash.digest('base64');
}
