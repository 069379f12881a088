export { CantripError, isCantripError, type CantripErrorParts } from './cantrip-error.ts';
export { catalogue, type ErrorCode } from './catalogue.ts';
export {
  above,
  atLeast,
  atMost,
  below,
  booleanCheck,
  type Bound,
  type Check,
  type Complaint,
  functionCheck,
  integerIn,
  isPlainObject,
  numberCheck,
  numberIn,
  oneOf,
} from './check.ts';
export { describe } from './describe.ts';
export { floatScalarCheck, floatTensorCheck, isTensor, tensorCheck, type TensorLike } from './is-tensor.ts';
export type { OwnCode } from './own-code.ts';
export { ownCodes } from './own-codes.ts';
export { parseOptions } from './parse-options.ts';
export {
  checkArgument,
  type Checks,
  optional,
  type Optional,
  type ReadOptions,
  readOptions,
} from './read-options.ts';
export { floatTensorSchema, namedFloatTensorsSchema, schemaOf, tensorSchema } from './schema-of.ts';
