import { data, options, type Rows } from '../row.ts';
import { flag, integer, number, oneOf, optional, optionalOptions, type Rule } from '../rules.ts';

const anyNumber: Rule = (value) => typeof value === 'number';
const lossName: Rule = (value) => typeof value === 'string' && /(^|_)loss$/.test(value);
const rule = {
  minDelta: optional(number({ min: 0 })),
  baseline: optional(number()),
};

/** Every export of the package. */
export const earlyStoppingRows: Rows = {
  earlyStopping: {
    right: () => [{}],
    legal: [
      options(
        {
          ...rule,
          // Without a mode, which the row does not give.
          monitor: optional(lossName),
          mode: optional(oneOf('min', 'max')),
          every: optional(() => false),
          patience: optional(integer({ min: 1 })),
          startEpoch: optional(integer({ min: 0 })),
          restoreBest: optional(flag),
        },
        optionalOptions,
      ),
    ],
  },
  judgeFigure: {
    right: () => [{ best: 0.5, wait: 1 }, 0.4, { mode: 'min', patience: 2 }],
    legal: [
      data({ best: optional(anyNumber), wait: integer({ min: 0 }) }),
      anyNumber,
      options({ ...rule, mode: oneOf('min', 'max'), patience: integer({ min: 1 }) }),
    ],
  },
  unjudged: 'a value',
};
