export { CantripError, isCantripError, type CantripErrorParts } from './cantrip-error.ts';
export { catalogue, type ErrorCode } from './catalogue.ts';
export { booleanCheck, type Check, functionCheck, numberIn, type NumberRange, oneOf } from './check.ts';
export { describe } from './describe.ts';
export { isPlainObject } from './is-plain-object.ts';
export { isTensor, tensorCheck, type TensorLike } from './is-tensor.ts';
export { parseOptions } from './parse-options.ts';
export {
  checkArgument,
  type Checks,
  optional,
  type OptionalCheck,
  type ReadOptions,
  readOptions,
} from './read-options.ts';
export { namedTensorsSchema, schemaOf, tensorSchema } from './schema-of.ts';
