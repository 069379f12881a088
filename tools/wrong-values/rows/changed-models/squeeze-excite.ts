import { isTensor } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { data, options, type Rows } from '../../row.ts';
import {
  arrayOf,
  integer,
  nothing,
  number,
  optional,
  optionalOptions,
  tensor,
  text,
  type Rule,
} from '../../rules.ts';

const latentChannels: Rule = (value) =>
  number({ min: 0, max: 65_536 })(value) &&
  value !== 0 &&
  ((value as number) < 1 || Number.isSafeInteger(value));

const squeezeExciteOptions = {
  latentChannels: optional(latentChannels),
  minChannels: optional(integer({ min: 1 })),
  layers: optional(arrayOf(text, { min: 1 })),
};

const model = (): LayersModel =>
  sequential({ layers: [layers.conv2d({ filters: 2, kernelSize: 1, inputShape: [2, 2, 2] })] });

const images: Rule = (value) => isTensor(value) && tensor()(value) && (value as tf.Tensor).rank === 4;

/** Every export of the package. */
export const squeezeExciteRows: Rows = {
  addSqueezeExcite: {
    right: () => [model(), { minChannels: 1 }],
    legal: [nothing, options(squeezeExciteOptions)],
  },
  squeezeAndExcite: {
    right: () => [tf.ones([1, 2, 2, 2]), { squeeze: tf.ones([2, 1]), excite: tf.ones([1, 2]) }],
    legal: [images, data({ squeeze: tensor({ shape: [2, 1] }), excite: tensor({ shape: [1, 2] }) })],
  },
  squeezeExcite: { right: () => [{}], legal: [options(squeezeExciteOptions, optionalOptions)] },
};
