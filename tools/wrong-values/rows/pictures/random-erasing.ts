import * as tf from '@tensorflow/tfjs-core';
import { options, type Rows } from '../../row.ts';
import { integer, number, oneOf, optional, optionalOptions, type Rule, tensor } from '../../rules.ts';

const range =
  (one: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.length === 2 && value.every(one) && value[0] <= value[1];
const area = range(number({ above: 0, max: 1 }));
const ratio = range(number({ above: 0 }));
const side = integer({ min: 1, max: 2 ** 24 });
const floats = tensor();

/** Every export of the package. */
export const randomErasingRows: Rows = {
  randomErasing: {
    right: () => [{}],
    legal: [
      options(
        {
          probability: optional(number({ min: 0, max: 1 })),
          area: optional(area),
          ratio: optional(ratio),
          mode: optional(oneOf('const', 'rand', 'pixel')),
          count: optional(range(integer({ min: 1, max: 16 }))),
        },
        optionalOptions,
      ),
    ],
  },
  chooseBoxes: {
    right: () => [
      {
        area: tf.zeros([1, 1, 1]),
        ratio: tf.zeros([1, 1, 1]),
        y: tf.zeros([1, 1]),
        x: tf.zeros([1, 1]),
      },
      { area: [0.1, 0.2], ratio: [0.5, 2], height: 4, width: 4 },
    ],
    legal: [
      options({
        area: tensor({ shape: [1, 1, 1] }),
        ratio: tensor({ shape: [1, 1, 1] }),
        y: tensor({ shape: [1, 1] }),
        x: tensor({ shape: [1, 1] }),
      }),
      options({ area, ratio, height: side, width: side, counts: optional(tensor({ shape: [1] })) }),
    ],
  },
  eraseBoxes: {
    right: () => [tf.ones([1, 2, 2, 1]), tf.zeros([1, 1, 4]), tf.zeros([1, 1, 1, 1, 1])],
    legal: [
      (value) => floats(value) && (value as tf.Tensor).rank === 4 && (value as tf.Tensor).shape[0] === 1,
      tensor({ shape: [1, 1, 4] }),
      tensor({ shape: [1, 1, 1, 1, 1] }),
    ],
  },
};
