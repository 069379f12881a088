import * as tf from '@tensorflow/tfjs-core';
import { data, options, type Rows } from '../row.ts';
import { integer, isEmptyObject, nothing, number, oneOf, optional, optionalOptions } from '../rules.ts';

const rate = number({ above: 0, max: 1 });

/** Every export of the package. */
export const lookaheadRows: Rows = {
  lookahead: {
    right: () => [{}],
    legal: [
      options(
        {
          interval: optional(integer({ min: 1 })),
          rate: optional(rate),
          evaluateWith: optional(oneOf('slow', 'weights')),
        },
        optionalOptions,
      ),
    ],
  },
  stepBack: {
    right: () => [{ w: tf.variable(tf.zeros([2])) }, { w: tf.variable(tf.ones([2])) }, 0.5],
    legal: [data({ w: nothing }, isEmptyObject), data({ w: nothing }), rate],
  },
};
