import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { cutBox } from '../mixing/cut-box.ts';
import { noImages, outside } from '../mixing/paste-box.ts';
import { alongExamples, type OneOrEach } from '../mixing/share.ts';
import type { ParsedMixup } from './mixup-options.ts';
import { between, type BoxDraws } from './shares-of-rows.ts';

/**
 * The share of an image itself at each pixel, and in its label. One program serves mixup, where every pixel has the
 * same share, and CutMix, where it is 0 in the box and 1 outside: the step is recorded once.
 */
export function shareOfPixels(
  inputs: Tensors,
  { cutmixMinmax, correctShare }: Pick<ParsedMixup, 'cutmixMinmax' | 'correctShare'>,
  share: OneOrEach,
  { cuts, ...place }: BoxDraws,
): { readonly ofInputs: tf.Tensor; readonly ofLabels: OneOrEach } {
  const [[, images], ...others] = entriesOfTensors<tf.Tensor>(inputs) as [[string, tf.Tensor]];
  if (images.rank !== 4 || others.length > 0) throw noImages('mixup', images.shape);
  const [, height, width] = images.shape as [number, number, number];
  return tf.tidy(() => {
    const box = cutBox({ height, width, share, minmax: cutmixMinmax, ...place });
    const ofBox = correctShare || cutmixMinmax ? box.share : share;
    const [cutsInImages, shareInImages] = [cuts, share].map((one) => alongExamples(one, 4) as tf.Tensor);
    return {
      ofInputs: between(cutsInImages!, outside(box, images.shape), shareInImages!),
      ofLabels: between(cuts, ofBox, share) as OneOrEach,
    };
  });
}
