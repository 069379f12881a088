export { CantripError, isCantripError, type CantripErrorParts } from './cantrip-error.ts';
export { catalogue, type ErrorCode } from './catalogue.ts';
export { describe, parseOptions } from './parse-options.ts';
