import * as v from 'valibot';
import { options, type Rows } from '../row.ts';
import { anything, number, optional, optionalOptions, text } from '../rules.ts';

const schema = v.strictObject({ size: v.optional(v.pipe(v.number(), v.finite())) });

/** Every export of the package. */
export const errorRows: Rows = {
  CantripError: 'a class, which other packages alone construct',
  catalogue: 'a value',
  describe: { right: () => [1], legal: [anything] },
  isCantripError: { right: () => [1], legal: [anything] },
  isPlainObject: { right: () => [1], legal: [anything] },
  isTensor: { right: () => [1], legal: [anything] },
  namedTensorsSchema: 'a value',
  parseOptions: {
    right: () => ['parseOptions', schema, {}],
    legal: [
      text,
      (value) => value === schema,
      options({ size: optional(number()) }, (value) => value !== undefined && optionalOptions(value)),
    ],
  },
  tensorSchema: 'a value',
};
