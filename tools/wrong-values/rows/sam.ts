import * as tf from '@tensorflow/tfjs-core';
import { data, options, type Rows } from '../row.ts';
import { flag, integer, isEmptyObject, number, oneOf, optional, optionalOptions, tensor } from '../rules.ts';

const step = {
  rho: optional(number({ min: 0 })),
  adaptive: optional(flag),
  eta: optional(number({ min: 0 })),
};
const vector = tensor({ shape: [2] });

/** Every export of the package. */
export const samRows: Rows = {
  perturbations: {
    right: () => [{ w: tf.ones([2]) }, { w: tf.ones([2]) }, {}],
    legal: [data({ w: vector }), data({ w: vector }, isEmptyObject), options(step, optionalOptions)],
  },
  sam: {
    right: () => [{}],
    legal: [
      options(
        {
          ...step,
          interval: optional(integer({ min: 1 })),
          random: optional(oneOf('same', 'other')),
          statistics: optional(oneOf('keep', 'move')),
        },
        optionalOptions,
      ),
    ],
  },
};
