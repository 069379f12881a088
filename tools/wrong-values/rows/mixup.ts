import * as tf from '@tensorflow/tfjs-core';
import { data, options, type Row, type Rows } from '../row.ts';
import {
  arrayOf,
  either,
  flag,
  integer,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  scalar,
  tensor,
} from '../rules.ts';

const inUnit = number({ min: 0, max: 1 });
const ofTwo = either(scalar, tensor({ shape: [2] }));
const ofEach = either(scalar, tensor({ rank: 1 }));
const share = either(inUnit, ofTwo);
const place = either(number({ min: 0, below: 1 }), ofEach);
const side = number({ above: 0, max: 1 });
const minmax: Rule = (value) =>
  arrayOf(side)(value) &&
  (value as number[]).length === 2 &&
  (value as number[])[0]! <= (value as number[])[1]!;
const length = integer({ min: 1, max: 2 ** 24 });
const partners = tensor({ dtypes: ['int32'], shape: [2] });
const twoRows: Rule = (value) => tensor()(value) && (value as tf.Tensor).shape[0] === 2;
const flipped = (): tf.Tensor => tf.tensor1d([1, 0], 'int32');
const box = (): object => ({
  top: tf.scalar(0),
  bottom: tf.scalar(1),
  left: tf.scalar(0),
  right: tf.scalar(1),
  share: tf.scalar(0.5),
});

const pasting: Row = {
  right: () => [tf.ones([2, 2, 2, 1]), flipped(), box()],
  legal: [
    (value) => twoRows(value) && (value as tf.Tensor).rank === 4,
    partners,
    data({ top: ofTwo, bottom: ofTwo, left: ofTwo, right: ofTwo }),
  ],
};

/** Every export of the package. */
export const mixupRows: Rows = {
  cutBox: {
    right: () => [{ height: 4, width: 4, share: 0.5, y: 0.5, x: 0.5 }],
    legal: [
      options({
        height: length,
        width: length,
        share: either(inUnit, ofEach),
        y: place,
        x: place,
        rows: optional(place),
        columns: optional(place),
        minmax: optional(minmax),
      }),
    ],
  },
  mixExamples: { right: () => [tf.ones([2, 3]), flipped(), 0.5], legal: [twoRows, partners, share] },
  mixLabels: {
    right: () => [tf.tensor1d([0, 1], 'int32'), flipped(), 0.5, { classes: 2 }],
    legal: [
      either(tensor({ dtypes: ['int32'], shape: [2] }), twoRows),
      partners,
      share,
      options({
        classes: integer({ min: 2, max: 2 ** 31 - 1 }),
        smoothing: optional(number({ min: 0, below: 1 })),
      }),
    ],
  },
  mixup: {
    right: () => [{}],
    legal: [
      options(
        {
          alpha: optional(number({ min: 0 })),
          cutmixAlpha: optional(number({ min: 0 })),
          cutmixMinmax: optional(minmax),
          mode: optional(oneOf('batch', 'pair', 'elem')),
          probability: optional(inUnit),
          switchProbability: optional(inUnit),
          correctShare: optional(flag),
          pairing: optional(oneOf('permutation', 'flip')),
          offEpoch: optional(integer({ min: 0 })),
        },
        optionalOptions,
      ),
    ],
  },
  pasteBox: pasting,
};
