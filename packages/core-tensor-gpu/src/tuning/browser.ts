import { needsNode } from '../device/needs-node.ts';

/**
 * Bundlers for browsers use this file in place of `index.ts`. It exports the same names. Each function throws an error that says
 * that it needs Node.
 */
export const findChoice: () => never = needsNode('findChoice');
export const forgetLast: () => never = needsNode('forgetLast');
export const hashOf: () => never = needsNode('hashOf');
export const lastChoice: () => never = needsNode('lastChoice');
export const libraryFile: () => never = needsNode('libraryFile');
export const rememberLast: () => never = needsNode('rememberLast');
export const storeChoice: () => never = needsNode('storeChoice');
export const storedChoices: () => never = needsNode('storedChoices');
export const tuningFolder: () => never = needsNode('tuningFolder');
