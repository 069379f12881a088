import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { StepContext, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { cutBox } from '../mixing/cut-box.ts';
import { noImages, outside } from '../mixing/paste-box.ts';
import type { ParsedMixup } from './mixup-options.ts';

/**
 * The share of an image itself at each pixel, and in its label. One program serves mixup, where every pixel has the
 * same share, and CutMix, where it is 0 in the box and 1 outside: the step is recorded once.
 */
export function shareOfPixels(
  inputs: Tensors,
  { cutmixMinmax, correctShare }: Pick<ParsedMixup, 'cutmixMinmax' | 'correctShare'>,
  { scalar }: StepContext,
): { readonly ofInputs: tf.Tensor; readonly ofLabels: tf.Scalar } {
  const [[, images], ...others] = entriesOfTensors<tf.Tensor>(inputs) as [[string, tf.Tensor]];
  if (images.rank !== 4 || others.length > 0) throw noImages('mixup', images.shape);
  const [, height, width] = images.shape as [number, number, number];
  const share = scalar('mixupShare');
  const cuts = scalar('mixupCuts');
  const sides = cutmixMinmax && { rows: scalar('mixupRows'), columns: scalar('mixupColumns') };
  const place = { y: scalar('mixupY'), x: scalar('mixupX'), ...sides };
  return tf.tidy(() => {
    const box = cutBox({ height, width, share, minmax: cutmixMinmax, ...place });
    const ofBox = correctShare || cutmixMinmax ? box.share : share;
    return {
      ofInputs: between(cuts, outside(box, images.shape), share),
      ofLabels: between(cuts, ofBox, share) as tf.Scalar,
    };
  });
}

/** The first value where `which` is 1, and the second where it is 0. */
const between = (which: tf.Scalar, one: tf.Tensor, zero: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(which, one), tf.mul(tf.sub(1, which), zero));
