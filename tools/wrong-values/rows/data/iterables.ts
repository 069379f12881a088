import type { fromIterable, textDataset } from '@cantrip/data';
import { options, type Rows } from '../../row.ts';
import { callable, flag, integer, nothing, oneOf, optional, text } from '../../rules.ts';
import { batchRules, count, padding } from './data-rules.ts';

const examples = (): object[] => [1, 2].map((n) => ({ inputs: Float32Array.of(n), targets: n }));
const sizes = { examples: 2, batchSize: 2, dropLast: false, resumes: false, signature: 'two' };

/** What gives its examples one after the other, and texts. */
export const iterableRows: Rows = {
  fromIterable: {
    right: () => [examples, sizes],
    legal: [
      callable,
      options({
        examples: count,
        batchSize: count,
        dropLast: optional(flag),
        resumes: optional(flag),
        signature: optional(text),
      }),
    ],
    call: (create, args) => (create as typeof fromIterable)(...(args as Parameters<typeof fromIterable>)),
  },
  textDataset: {
    who: ['bucketedDataset'],
    right: () => [
      {
        texts: ['a', 'b'],
        tokenize: (given: string) => [given.length],
        targets: { values: Int32Array.of(0, 1), shape: [2] },
        buckets: [2],
        batchSize: 2,
      },
    ],
    legal: [
      options({
        texts: nothing,
        tokenize: callable,
        targets: nothing,
        buckets: nothing,
        'buckets.0': integer({ min: 1, max: 2 ** 30 }),
        batchSize: count,
        padValue: padding,
        padTarget: padding,
        longer: optional(oneOf('refuse', 'drop', 'cut')),
        padLast: optional(flag),
        mask: optional(flag),
        ...batchRules,
      }),
    ],
    call: (create, args) => (create as typeof textDataset)(...(args as Parameters<typeof textDataset>)),
  },
};
