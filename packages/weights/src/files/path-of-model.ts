import { fileURLToPath } from 'node:url';
import { type Check, checkArgument } from '@cantrip/errors';

const SCHEME = 'file://';

/** Checks for a place of a model: a path, a `file://` address, or a URL of that kind. */
const placeCheck: Check<string | URL> = (value) =>
  (typeof value === 'string' && value !== '' && !value.includes('\0')) ||
  (value instanceof URL && value.protocol === 'file:')
    ? undefined
    : 'must be a path or a file:// address';

/**
 * The path that a user means. As in tfjs-node, `file://model` is relative to the working directory.
 *
 * @throws CantripError OPTION_INVALID
 */
export function pathOfModel(who: string, name: string, place: string | URL): string {
  checkArgument(who, name, placeCheck, place);
  if (place instanceof URL) return fileURLToPath(place);
  return place.startsWith(SCHEME) ? place.slice(SCHEME.length) : place;
}
