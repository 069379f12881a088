/** A bundle of ES modules has no `require` for Node's own. */
export { endianness } from 'node:os';
