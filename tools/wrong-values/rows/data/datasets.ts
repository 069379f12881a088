import { arrayDataset, type ArrayDatasetOptions, type Dataset, randomCrop } from '@cantrip/data';
import { options, type Row, type Rows } from '../../row.ts';
import {
  arrayOf,
  callable,
  either,
  flag,
  integer,
  nothing,
  optional,
  optionalOptions,
  type Rule,
} from '../../rules.ts';
import { batchRules, byName, channels, count, padding } from './data-rules.ts';

const bytes = (): Uint8Array => Uint8Array.of(1, 2, 3, 4);
const given = (): ArrayDatasetOptions => ({
  inputs: { values: bytes(), shape: [2, 1, 1, 2] },
  targets: { values: Int32Array.of(0, 1), shape: [2] },
  weights: { values: Float32Array.of(1, 0), shape: [2] },
  normalization: { scale: 1, offset: 0 },
  batchSize: 2,
});
const dataset = (): Dataset => arrayDataset(given());
const twoNumbers: Rule = (value) => value instanceof Float32Array && value.length === 2;
const augment = optional(arrayOf(either(callable, nothing)));

const request = {
  seed: optional(integer()),
  epoch: optional(integer({ min: 0 })),
  start: optional(integer({ min: 0, max: 1 })),
  examples: optional(integer({ min: 0, max: 2 })),
};

/** A method of the dataset that an export gives. */
const method = (name: 'batches' | 'batchesAfter', right: Row['right'], legal: Row['legal']): Row => ({
  right,
  legal,
  who: [name],
  async call(create, args) {
    const made = (create as typeof arrayDataset)(given());
    const result = (made[name] as (...args: readonly unknown[]) => unknown)(...args);
    if (name === 'batches') for await (const batch of result as AsyncIterable<unknown>) void batch;
    return result;
  },
});

/** Datasets of arrays in memory, and those that are made of others. */
export const datasetRows: Rows = {
  arrayDataset: [
    {
      right: () => [given()],
      legal: [
        options({
          inputs: nothing,
          'inputs.values': nothing,
          'inputs.shape': nothing,
          targets: nothing,
          'targets.values': twoNumbers,
          'targets.shape': nothing,
          weights: optional(nothing),
          'weights.values': twoNumbers,
          'weights.shape': nothing,
          batchSize: count,
          classes: byName(integer({ min: 2 })),
          normalization: optional(nothing),
          'normalization.scale': channels(2),
          'normalization.offset': channels(2),
          padTarget: optional(nothing),
          padLast: optional(flag),
          augment,
          ...batchRules,
        }),
      ],
    },
    {
      right: () => [{ ...given(), padLast: true, dropLast: false }],
      legal: [options({ padTarget: padding, batchSize: integer({ min: 1, max: 2 ** 26 }) })],
    },
    {
      right: () => [named()],
      legal: [
        options({
          'inputs.left': nothing,
          'inputs.left.normalization': optional(nothing),
          'inputs.left.normalization.scale': channels(2),
          'inputs.left.normalization.offset': channels(2),
          'targets.digit': nothing,
          classes: byName(integer({ min: 2 })),
          'classes.digit': optional(integer({ min: 2 })),
          'padTarget.digit': optional(integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
          augment: optional(optionalOptions),
          'augment.left': augment,
          'augment.left.0': callable,
          'augment.left.0.kind': nothing,
          'augment.left.0.padding': integer({ min: 0, max: 1024 }),
          'augment.left.0.fill': integer({ min: 0, max: 255 }),
        }),
      ],
    },
    method('batches', () => [{}], [options(request, optionalOptions)]),
    method('batchesAfter', () => [1], [integer({ min: 0, max: 2 })]),
  ],
  rebatch: {
    who: ['arrayDataset'],
    right: () => [dataset(), {}],
    legal: [
      nothing,
      options(
        {
          batchSize: optional(count),
          padTarget: optional(nothing),
          padLast: optional(flag),
          augment,
          ...batchRules,
        },
        optionalOptions,
      ),
    ],
  },
  subset: { right: () => [dataset(), [1, 0]], legal: [nothing, positions] },
  take: { right: () => [dataset(), 1], legal: [nothing, integer({ min: 1, max: 2 })] },
};

/** Anything that can be gone through and gives 0 or 1. */
function positions(value: unknown): boolean {
  return (value instanceof Set && value.has(1)) || (value instanceof Float32Array && value.length > 0);
}

function named(): object {
  const { inputs, targets, batchSize } = given();
  return {
    inputs: { left: { ...inputs, normalization: { scale: 1, offset: 0 } } },
    targets: { digit: targets },
    classes: { digit: 2 },
    padLast: true,
    padTarget: { digit: -1 },
    augment: { left: [randomCrop({ padding: 1 })] },
    batchSize,
  };
}
