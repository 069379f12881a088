import { options, type Rows } from '../../row.ts';
import { integer, number, oneOf, optional } from '../../rules.ts';

const rate = number({ above: 0 });
const share = number({ min: 0, below: 1 });

/** Every export of the package. */
export const recipesRows: Rows = {
  bagOfTricks: {
    right: () => [{ learningRate: 0.1 }],
    legal: [
      options({
        learningRate: rate,
        recipe: optional(oneOf('he-2019', 'torchvision-2021', 'timm-a2')),
        epochs: optional(integer({ min: 6 })),
        batchSize: optional(integer({ min: 1 })),
      }),
    ],
  },
  fineTuning: {
    right: () => [{ learningRate: 0.1, batchSize: 8 }],
    legal: [
      options({
        learningRate: rate,
        batchSize: integer({ min: 1 }),
        warmupShare: optional(share),
        averageDecay: optional(share),
      }),
    ],
  },
  reproducible: {
    right: () => [{ seed: 1 }],
    legal: [options({ seed: integer({ min: 0 }), deterministic: optional(oneOf(true, 'warn')) })],
  },
};
