import { createHash } from 'node:crypto';
import type { NumberArray } from '../../native/api/dtype.ts';

/** A short hash of several parts. It changes if a part or the order changes. */
export function fingerprint(...parts: readonly (string | NumberArray)[]): string {
  const hash = createHash('sha1');
  for (const part of parts) {
    const size = typeof part === 'string' ? part.length : part.byteLength;
    hash.update(`${size}:`).update(part);
  }
  return hash.digest('base64');
}
