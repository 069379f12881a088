import * as tf from '@tensorflow/tfjs-core';
import { options, type Rows } from '../../row.ts';
import {
  arrayOf,
  either,
  integer,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  tensor,
  text,
} from '../../rules.ts';

const withAxis: Rule = (value) => tensor()(value) && (value as tf.Tensor).rank > 0;
const rate = number({ min: 0, max: 1 });
const mode = optional(oneOf('row', 'batch'));
const decay = optional(oneOf('linear', 'from-zero', 'constant'));
const bernoulli = (shape: readonly number[]): tf.Tensor => tf.ones([...shape]);

/** Every export of the package. */
export const stochasticDepthRows: Rows = {
  dropPath: {
    right: () => [tf.ones([2, 2]), { rate: 0.5, random: { bernoulli } }],
    legal: [withAxis, options({ rate, mode, random: nothing })],
  },
  dropPathRates: {
    right: () => [{ blocks: 2, rate: 0.5 }],
    legal: [options({ blocks: integer({ min: 1, max: 10_000 }), rate, decay })],
  },
  stochasticDepth: {
    right: () => [{}],
    legal: [
      options(
        {
          rate: optional(either(rate, arrayOf(rate, { min: 1 }))),
          mode,
          decay,
          blocks: optional(arrayOf(text, { min: 1 })),
        },
        optionalOptions,
      ),
    ],
  },
};
