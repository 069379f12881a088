import { options, type Rows } from '../row.ts';
import { arrayOf, integer, number, optional, optionalOptions, pattern, type Rule } from '../rules.ts';
import { length } from './lr-schedules/rules.ts';

const share = number({ min: 0, max: 1 });
const someLength: Rule = (value) => length(value) && Number.parseFloat(String(value)) > 0;
const schedule = { start: optional(share), level: optional(share) };

/** Every export of the package. */
export const layerFreezingRows: Rows = {
  frozenLayers: {
    right: () => [{ layers: 5, elapsed: 0.7 }],
    legal: [options({ ...schedule, layers: integer({ min: 0 }), elapsed: share })],
  },
  frozenShare: { right: () => [0.7, {}], legal: [share, options(schedule, optionalOptions)] },
  layerFreezing: {
    right: () => [{}],
    legal: [
      options(
        {
          start: optional(length),
          level: optional(share),
          every: optional(someLength),
          layers: optional(arrayOf(pattern, { min: 1 })),
        },
        optionalOptions,
      ),
    ],
  },
};
