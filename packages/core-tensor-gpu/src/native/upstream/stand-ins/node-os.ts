/** Replaces `require('node:os')`, which a bundle of ES modules does not have. */
export { endianness } from 'node:os';
