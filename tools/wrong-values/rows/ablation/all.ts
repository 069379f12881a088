import { options, type Rows } from '../../row.ts';
import { arrayOf, integer, number, oneOf, optional, optionalOptions } from '../../rules.ts';
import { experimentRows } from './experiments.ts';
import { resultRows } from './results.ts';

const finite = arrayOf(number());

/** Every export of the package. */
export const ablationRows: Rows = {
  ...experimentRows,
  ...resultRows,
  bootstrapInterval: {
    right: () => [[1, 2, 3], { resamples: 100 }],
    legal: [
      arrayOf(number(), { min: 1 }),
      options(
        {
          confidence: optional(number({ above: 0, below: 1 })),
          method: optional(oneOf('expanded', 'percentile', 'bca')),
          resamples: optional(integer({ min: 100, max: 1e7 })),
          seed: optional(integer()),
        },
        optionalOptions,
      ),
    ],
  },
  holm: { right: () => [[0.1, 0.5]], legal: [arrayOf(number({ min: 0, max: 1 }))] },
  signFlipTest: { right: () => [[0.1, -0.5]], legal: [finite] },
};
