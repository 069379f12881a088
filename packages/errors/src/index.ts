export { CantripError, isCantripError, type CantripErrorParts } from './cantrip-error.ts';
export { catalogue, type ErrorCode } from './catalogue.ts';
export { describe } from './describe.ts';
export { parseOptions } from './parse-options.ts';
export { isPlainObject } from './plain-object.ts';
export { isTensor, namedTensorsSchema, type TensorLike, tensorSchema } from './tensor-schema.ts';
