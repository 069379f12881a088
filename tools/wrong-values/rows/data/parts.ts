import { arrayDataset, type Dataset } from '@cantrip/data';
import { options, type Rows } from '../../row.ts';
import { flag, integer, nothing, oneOf, optional, optionalOptions, type Rule } from '../../rules.ts';

const dataset = (): Dataset =>
  arrayDataset({
    inputs: { values: Float32Array.of(1, 2, 3, 4), shape: [4, 1] },
    targets: { values: Int32Array.of(0, 1, 0, 1), shape: [4] },
    batchSize: 2,
  });
/** Any labels: only how many there are is left to say. */
const labels: Rule = () => false;
const seed = optional(integer());
const parts = { seed, stratify: optional(labels), groups: optional(labels) };
const ofDataset = { ...parts, stratify: optional(flag) };

/** What divides a dataset, and what draws from it. */
export const partRows: Rows = {
  splitPositions: {
    right: () => [4, { first: 0.5, seed: 1, stratify: [0, 1, 0, 1], groups: ['a', 'b', 'c', 'd'] }],
    legal: [
      oneOf(4),
      options({
        first: (value) =>
          value === 0.5 || (Number.isInteger(value) && 0 < Number(value) && Number(value) < 4),
        ...parts,
      }),
    ],
  },
  foldPositions: {
    right: () => [4, { folds: 2, seed: 1, stratify: [0, 1, 0, 1], groups: ['a', 'b', 'c', 'd'] }],
    legal: [oneOf(4), options({ folds: integer({ min: 2, max: 4 }), ...parts })],
  },
  split: {
    right: () => [dataset(), { first: 0.5, seed: 1, stratify: true, groups: ['a', 'b', 'c', 'd'] }],
    legal: [
      nothing,
      options({
        first: (value) =>
          value === 0.5 || (Number.isInteger(value) && 0 < Number(value) && Number(value) < 4),
        ...ofDataset,
      }),
    ],
  },
  kFold: {
    right: () => [dataset(), { folds: 2, seed: 1, stratify: true, groups: ['a', 'b', 'c', 'd'] }],
    legal: [nothing, options({ folds: integer({ min: 2, max: 4 }), ...ofDataset })],
  },
  classWeights: {
    right: () => [Int32Array.of(0, 1), { classes: 2 }],
    legal: [nothing, options({ classes: optional(integer({ min: 2, max: 2 })) }, optionalOptions)],
  },
  weightedSample: {
    right: () => [dataset(), { weights: [1, 2, 3, 4], examples: 4 }],
    legal: [
      nothing,
      options({ weights: oneOf('balanced'), examples: optional(integer({ min: 1, max: 2 ** 31 })) }),
    ],
  },
};
