import type { StepContext } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { OneOrEach } from '../mixing/share.ts';
import type { ParsedMixup } from './mixup-options.ts';

/** What a batch is mixed with: scalars, or a number for each row. */
export interface Draws {
  /** The share of the example itself; 1 where nothing is mixed. */
  readonly share: OneOrEach;
  /** Present if CutMix is on. */
  readonly box?: BoxDraws;
}

export interface BoxDraws {
  /** 1 for CutMix, 0 for mixup. */
  readonly cuts: OneOrEach;
  /** The place of CutMix's box, in [0, 1). */
  readonly y: OneOrEach;
  readonly x: OneOrEach;
  /** How high and how wide the box is, where that is drawn too. */
  readonly rows?: OneOrEach;
  readonly columns?: OneOrEach;
}

/**
 * Draws in the step for each row, as timm does in its modes `elem` and `pair`. In mode `pair`, two rows that are
 * partners of each other have the draws of the first one.
 */
export function sharesOfRows(
  { alpha, cutmixAlpha, cutmixMinmax, probability, switchProbability, mode }: ParsedMixup,
  cuts: boolean,
  partners: tf.Tensor1D,
  { random, scalar }: Pick<StepContext, 'random' | 'scalar'>,
): Draws {
  const shape = [partners.size];
  const { uniform, beta } = random('mixup/share');
  const rows = tf.range(0, partners.size, 1, 'int32');
  const first = mode === 'pair' ? (tf.minimum(partners, rows) as tf.Tensor1D) : rows;
  const draw = (numbers: tf.Tensor): tf.Tensor => (mode === 'pair' ? tf.gather(numbers, first) : numbers);
  const below = (limit: number): tf.Tensor => tf.cast(tf.less(draw(uniform(shape)), limit), 'float32');

  const mixes = tf.mul(scalar('mixupMixes'), below(probability));
  const ofMixup = alpha > 0 ? draw(beta(shape, alpha, alpha)) : tf.ones(shape);
  if (!cuts) return { share: between(mixes, ofMixup, tf.onesLike(mixes)) as tf.Tensor1D };
  const isCut = alpha > 0 ? below(switchProbability) : tf.onesLike(mixes);
  const shapeOfCuts = cutmixMinmax ? 1 : cutmixAlpha;
  const drawn = between(isCut, draw(beta(shape, shapeOfCuts, shapeOfCuts)), ofMixup);
  const place = (): tf.Tensor1D => draw(uniform(shape)) as tf.Tensor1D;
  return {
    share: between(mixes, drawn, tf.onesLike(mixes)) as tf.Tensor1D,
    box: { cuts: tf.mul(mixes, isCut), y: place(), x: place(), rows: place(), columns: place() },
  };
}

/** The draws of the host, one for the whole batch. */
export function sharesOfBatch(
  { cutmixMinmax }: Pick<ParsedMixup, 'cutmixMinmax'>,
  cuts: boolean,
  { scalar }: Pick<StepContext, 'scalar'>,
): Draws {
  const share = scalar('mixupShare');
  if (!cuts) return { share };
  const sides = cutmixMinmax && { rows: scalar('mixupRows'), columns: scalar('mixupColumns') };
  return { share, box: { cuts: scalar('mixupCuts'), y: scalar('mixupY'), x: scalar('mixupX'), ...sides } };
}

/** The first value where `which` is 1, and the second where it is 0. */
export const between = (which: tf.Tensor, one: tf.Tensor, zero: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(which, one), tf.mul(tf.sub(1, which), zero));
