import { CantripError } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, RandomTensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { chooseBoxes } from './choose-boxes.ts';
import { eraseBoxes } from './erase-boxes.ts';
import { type RandomErasingOptions, readRandomErasing } from './random-erasing-options.ts';

/** timm tries as often. */
const tries = 10;

/**
 * Plugin: erases random boxes of the training images, each image by itself, on the device.
 *
 * Boxes are drawn as by timm, up to 10 times until one is smaller than the image. The random numbers follow from the seed
 * and the step, so a resumed run draws the same boxes. Validation is not changed.
 *
 * @throws CantripError OPTION_INVALID; while training: SHAPE_MISMATCH or DTYPE_MISMATCH if the inputs are not one batch
 *   of float32 images
 * @example
 * ```ts
 * createTrainer({ …, plugins: [randomErasing({ probability: 0.25, mode: 'pixel' })] });
 * ```
 * @see Zhong et al., Random erasing data augmentation, https://arxiv.org/abs/1708.04896
 */
export function randomErasing(options: RandomErasingOptions = {}): Plugin {
  const read = readRandomErasing(options);
  const named = { name: 'random-erasing', settings: plainSettings({ ...read }) };
  if (read.probability === 0) return named;
  return {
    ...named,
    transformBatch(batch, { random }) {
      const images = batch.inputs as tf.Tensor;
      requireFloatImages(images);
      const inputs = tf.tidy(() => erased(images, read, random('random-erasing')));
      return { ...batch, inputs };
    },
  };
}

function erased(
  images: tf.Tensor4D,
  { probability, area, ratio, mode, count }: Required<RandomErasingOptions>,
  random: RandomTensors,
): tf.Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const [least, most] = count;
  const draws = {
    area: random.uniform([batch, most, tries]),
    ratio: random.uniform([batch, most, tries]),
    y: random.uniform([batch, most]),
    x: random.uniform([batch, most]),
  };
  const isErased = random.bernoulli([batch], probability);
  const more = tf.floor(tf.mul(random.uniform([batch]), most - least + 1));
  const counts = tf.minimum(tf.add(least, more), most);
  const boxes = chooseBoxes(draws, { area, ratio, height, width, counts });
  const isBox = tf.cast(
    tf.less(tf.reshape(tf.range(0, most), [1, most]), tf.reshape(counts, [batch, 1])),
    'float32',
  );
  const used = tf.reshape(tf.mul(isBox, tf.reshape(isErased, [batch, 1])), [batch, most, 1]);
  const fill = {
    const: () => tf.zeros([1, 1, 1, 1, 1]),
    rand: () => random.normal([batch, most, 1, 1, channels]),
    // Each pixel shows one box, so boxes can share a field of random pixels.
    pixel: () => random.normal([batch, 1, height, width, channels]),
  }[mode]();
  return eraseBoxes(images, tf.mul(boxes, used), fill as tf.Tensor5D);
}

function requireFloatImages(images: unknown): asserts images is tf.Tensor4D {
  const given = images as tf.Tensor;
  if (given.rank !== 4)
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'randomErasing',
      what: `needs images [batch, height, width, channels], got ${given.shape === undefined ? 'several inputs' : `shape [${given.shape.join(', ')}]`}`,
      fix: 'Give images as the only inputs, or remove randomErasing',
    });
  if (given.dtype === 'float32') return;
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'randomErasing',
    what: `images must be float32, got ${given.dtype}`,
    fix: 'Give the images as numbers, standardized to mean 0',
  });
}
