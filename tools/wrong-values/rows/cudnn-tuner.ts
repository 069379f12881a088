import { options, type Rows } from '../row.ts';
import { flag, integer, number, oneOf, optional, optionalOptions } from '../rules.ts';

const threads = optional(integer({ min: 1, max: 1024 }));
const settings = {
  deterministic: optional(flag),
  tf32: optional(flag),
  memoryGrowth: optional(flag),
  oneDnn: optional(flag),
  intraOpThreads: threads,
  interOpThreads: threads,
};
const mode = oneOf('benchmark', 'deterministic', 'measure', 'off');

/** Every export of the package. */
export const cudnnTunerRows: Rows = {
  cudnnEnvironment: {
    right: () => ['off', {}],
    legal: [mode, options(settings, optionalOptions)],
  },
  cudnnTuning: {
    right: () => [{}],
    legal: [
      options(
        {
          ...settings,
          mode: optional(mode),
          compile: optional(oneOf('xla')),
          budget: optional(number({ min: 1, max: 3600 })),
          shapes: optional(integer({ min: 1 })),
        },
        optionalOptions,
      ),
    ],
  },
  shapeWatch: {
    right: () => [{}],
    legal: [options({ shapes: optional(integer({ min: 1 })) }, optionalOptions)],
  },
};
