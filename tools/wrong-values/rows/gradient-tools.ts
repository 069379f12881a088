import * as tf from '@tensorflow/tfjs-core';
import { data, options, type Rows } from '../row.ts';
import {
  arrayOf,
  callable,
  either,
  integer,
  isEmptyObject,
  number,
  oneOf,
  optional,
  optionalOptions,
  pattern,
  scalar,
  tensor,
} from '../rules.ts';

const aboveZero = number({ above: 0 });
const clipping = { clipping: optional(aboveZero), epsilon: optional(aboveZero) };
const noise = { eta: optional(number({ min: 0 })), gamma: optional(number({ min: 0 })) };
const only = optional(oneOf('all', 'convolutions'));
const except = optional(arrayOf(pattern));
const unitAxes = optional(isEmptyObject);
const matrix = tensor({ shape: [2, 2] });
const random = (): unknown => ({ normal: (shape: number[]) => tf.zeros(shape) });

/** Every export of the package. */
export const gradientToolsRows: Rows = {
  adaptiveGradientClipping: {
    right: () => [{}],
    legal: [options({ ...clipping, except }, optionalOptions)],
  },
  addGradientNoise: {
    right: () => [{ w: tf.ones([2, 2]) }, { deviation: 0.1, random }],
    legal: [
      data({ w: tensor() }, isEmptyObject),
      options({ deviation: either(number({ min: 0 }), scalar), random: callable }),
    ],
  },
  centralizeGradients: {
    right: () => [{ w: tf.ones([2, 2]) }, {}],
    legal: [data({ w: tensor() }, isEmptyObject), options({ only, unitAxes }, optionalOptions)],
  },
  clipAdaptively: {
    right: () => [{ w: tf.ones([2, 2]) }, { w: tf.ones([2, 2]) }, {}],
    legal: [
      data({ w: matrix }),
      data({ w: matrix }, isEmptyObject),
      options({ ...clipping, unitAxes }, optionalOptions),
    ],
  },
  gradientCentralization: { right: () => [{}], legal: [options({ only, except }, optionalOptions)] },
  gradientNoise: { right: () => [{}], legal: [options(noise, optionalOptions)] },
  gradientNoiseDeviation: {
    right: () => [3, {}],
    legal: [integer({ min: 0 }), options(noise, optionalOptions)],
  },
};
