import { isTensor } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { options, type Rows } from '../../row.ts';
import { flag, integer, nothing, optional, optionalOptions, type Rule, tensor } from '../../rules.ts';

const blurpoolOptions = {
  convolutions: optional(flag),
  blurFirst: optional(flag),
  pools: optional(flag),
  minChannels: optional(integer({ min: 1 })),
};
const model = (): LayersModel =>
  sequential({ layers: [layers.maxPooling2d({ poolSize: 2, inputShape: [2, 2, 2] })] });
const images: Rule = (value) => isTensor(value) && tensor()(value) && (value as tf.Tensor).rank === 4;
const stride = integer({ min: 1, max: 65_536 });
const strides: Rule = (value) =>
  value === undefined || (Array.isArray(value) && value.length === 2 && value.every((one) => stride(one)));

/** Every export of the package. */
export const blurpoolRows: Rows = {
  addBlurpool: { right: () => [model(), {}], legal: [nothing, options(blurpoolOptions, optionalOptions)] },
  blur: { right: () => [tf.ones([1, 2, 2, 2]), [2, 2]], legal: [images, strides] },
  blurpool: { right: () => [{}], legal: [options(blurpoolOptions, optionalOptions)] },
};
