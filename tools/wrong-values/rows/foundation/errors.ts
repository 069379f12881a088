import { numberIn, optional as optionalCheck } from '@cantrip/errors';
import * as v from 'valibot';
import { options, type Row, type Rows } from '../../row.ts';
import { anything, number, optional, optionalOptions, text } from '../../rules.ts';

const schema = v.strictObject({ size: v.optional(v.pipe(v.number(), v.finite())) });
const checks = { size: optionalCheck(numberIn()) };
const given = options({ size: optional(number()) }, (value) => value !== undefined && optionalOptions(value));
/** It says of any value whether it fits. */
const judge: Row = { right: () => [1], legal: [anything] };
const ofPackages = 'what other packages make their checks of, with constants';

/** Every export of the package. */
export const errorRows: Rows = {
  CantripError: 'a class, which other packages alone construct',
  above: ofPackages,
  atLeast: ofPackages,
  atMost: ofPackages,
  below: ofPackages,
  booleanCheck: judge,
  catalogue: 'a value',
  checkArgument: ofPackages,
  describe: judge,
  functionCheck: judge,
  integerIn: ofPackages,
  isCantripError: judge,
  isPlainObject: judge,
  floatScalarCheck: judge,
  floatTensorCheck: judge,
  floatTensorSchema: 'a value',
  isTensor: judge,
  namedFloatTensorsSchema: 'a value',
  numberCheck: judge,
  numberIn: ofPackages,
  oneOf: ofPackages,
  optional: ofPackages,
  ownCodes: 'what other packages define their codes with, as constants; test/own-codes refuses wrong ones',
  parseOptions: {
    right: () => ['parseOptions', schema, {}],
    legal: [text, (value) => value === schema, given],
  },
  readOptions: {
    right: () => ['readOptions', checks, {}],
    legal: [anything, anything, given],
    // Who asks and what is checked are constants of other packages.
    call: (read, [, , options]) => read('readOptions' as never, checks as never, options as never),
  },
  schemaOf: ofPackages,
  tensorCheck: judge,
  tensorSchema: 'a value',
};
