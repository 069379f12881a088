import type { bucketedDataset, BucketedDatasetOptions } from '@cantrip/data';
import { options, type Rows } from '../../row.ts';
import { arrayOf, either, flag, integer, nothing, oneOf, optional, optionalOptions } from '../../rules.ts';
import { batchRules, byName, channels, count, padding } from './data-rules.ts';

const sentence = (...tokens: number[]): { values: Int32Array; shape: number[] } => ({
  values: Int32Array.from(tokens),
  shape: [tokens.length],
});
const given = (): BucketedDatasetOptions => ({
  inputs: [sentence(1), sentence(2, 3), sentence(4, 5, 6)],
  targets: { values: Int32Array.of(0, 1, 0), shape: [3] },
  buckets: [2, 4],
  batchSize: 2,
});
const lengths = [1, 2, 3];
const manyLengths = (value: unknown): boolean => value instanceof Set && value.size === 1;
const choice = { count, by: optional(oneOf('padding', 'quantiles')), multipleOf: optional(count) };
const request = {
  seed: optional(integer()),
  epoch: optional(integer({ min: 0 })),
  start: optional(integer({ min: 0, max: 2 })),
  examples: optional(oneOf(0)),
};

/** Reads the batches too, for an option may be wrong there alone. */
async function readAll(create: (...given: never[]) => unknown, args: readonly unknown[]): Promise<void> {
  const made = (create as (...given: readonly unknown[]) => ReturnType<typeof bucketedDataset>)(...args);
  for await (const batch of made.batches({ seed: 1 })) void batch;
}

/** What is padded to few sizes. */
export const bucketedRows: Rows = {
  bucketLengths: {
    right: () => [lengths, { count: 2 }],
    legal: [manyLengths, options(choice)],
  },
  bucketedDataset: [
    {
      right: () => [given()],
      call: readAll,
      legal: [
        options({
          inputs: nothing,
          'inputs.0': nothing,
          'inputs.0.values': nothing,
          'inputs.0.shape': nothing,
          targets: nothing,
          'targets.values': nothing,
          'targets.shape': nothing,
          buckets: nothing,
          'buckets.0': oneOf(1, 3),
          'buckets.1': either(integer({ min: 3, max: 2 ** 30 })),
          batchSize: either(count),
          axis: optional(oneOf(0, -0)),
          padValue: padding,
          padTarget: padding,
          longer: optional(oneOf('refuse', 'drop', 'cut')),
          padLast: optional(flag),
          mask: optional(flag),
          normalization: optional(nothing),
          ...batchRules,
        }),
      ],
    },
    {
      right: () => [{ ...given(), buckets: { count: 2 }, batchSize: undefined, elements: 8 }],
      call: readAll,
      legal: [options({ elements: integer({ min: 3 }), 'buckets.count': count, 'buckets.by': choice.by })],
    },
    {
      right: () => [
        {
          ...given(),
          inputs: [
            { values: Uint8Array.of(1), shape: [1] },
            { values: Uint8Array.of(1, 2), shape: [2] },
            { values: Uint8Array.of(1, 2, 3), shape: [3] },
          ],
          normalization: { scale: 1, offset: 0 },
        },
      ],
      legal: [
        options({
          'normalization.scale': either(channels(1)),
          'normalization.offset': either(channels(1)),
          padValue: byName(integer({ min: 0, max: 255 })),
        }),
      ],
    },
    {
      right: () => [{}],
      legal: [options(request, optionalOptions)],
      who: ['batches'],
      async call(create, args) {
        const made = (create as typeof bucketedDataset)(given());
        for await (const batch of made.batches(...(args as never[]))) void batch;
      },
    },
  ],
  paddingShare: { right: () => [lengths, [3]], legal: [manyLengths, arrayOf(count, { min: 2 ** 31 })] },
};
