import { CantripError } from '@cantrip/errors';
import { entriesOfTensors, mapTensors, plainSettings } from '@cantrip/plugin-kit';
import type { Plugin, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { blend } from '../mixing/mix-examples.ts';
import { partnersOf } from '../mixing/partners.ts';
import type { OneOrEach } from '../mixing/share.ts';
import { mixTargets } from './mix-targets.ts';
import { drawScalars } from './draw-scalars.ts';
import { type MixupOptions, readMixupOptions } from './mixup-options.ts';
import { shareOfPixels } from './share-of-pixels.ts';
import { sharesOfBatch, sharesOfRows } from './shares-of-rows.ts';

/**
 * Plugin: trains on mixtures of two examples and of their targets, by mixup, CutMix, or one of them at a time.
 *
 * Each batch draws its share, and pairs its examples. With `mode: 'pair'` or `'elem'` each pair or example has its own
 * share. Class indices become soft targets for the loss; soft and continuous targets are mixed as they are. Weights of
 * examples are mixed by the same share as the targets. Metrics are measured on both targets, each with its share.
 * Validation is not mixed.
 *
 * @throws CantripError OPTION_INVALID. While training: DTYPE_MISMATCH if inputs are not float32; SHAPE_MISMATCH if
 *   CutMix is on and the inputs are not one batch of images
 * @example
 * ```ts
 * createTrainer({ …, loss: softmaxCrossEntropy(), plugins: [mixup({ alpha: 0.2 })] });
 * mixup({ alpha: 0.8, cutmixAlpha: 1 }); // as in DeiT
 * ```
 */
export function mixup(options: MixupOptions = {}): Plugin {
  const parsed = readMixupOptions(options);
  const { alpha, cutmixAlpha, mode, probability, offEpoch = Infinity, pairing } = parsed;
  const cuts = cutmixAlpha > 0 || parsed.cutmixMinmax !== undefined;
  const off = probability === 0 || (alpha === 0 && !cuts);
  const plugin = { name: 'mixup', settings: plainSettings({ ...parsed }), provides: ['mixes-labels'] };
  if (off) return plugin;
  const drawing: Pick<Plugin, 'scheduleScalars' | 'scheduleBatchScalars'> =
    mode === 'batch'
      ? {
          scheduleBatchScalars: (scalars, context) => ({ ...scalars, ...drawScalars(parsed, cuts, context) }),
        }
      : {
          scheduleScalars: (scalars, { epoch }) => ({ ...scalars, mixupMixes: epoch < offEpoch ? 1 : 0 }),
        };
  return {
    ...plugin,
    ...drawing,
    transformBatch(batch, context) {
      const [[, first]] = entriesOfTensors<tf.Tensor>(batch.inputs) as [[string, tf.Tensor]];
      const partners = partnersOf(first.shape[0]!, { pairing, mutual: mode === 'pair' }, context);
      const { share, box } =
        mode === 'batch'
          ? sharesOfBatch(parsed, cuts, context)
          : sharesOfRows(parsed, cuts, partners, context);
      const { ofInputs, ofLabels } = box
        ? shareOfPixels(batch.inputs, parsed, share, box)
        : { ofInputs: share, ofLabels: share };
      context.carry['partners'] = partners;
      context.carry['share'] = ofLabels;
      const mixed = mapTensors<tf.Tensor, tf.Tensor>(batch.inputs, (one) =>
        mixInputs(one, partners, ofInputs),
      );
      const weights = batch.weights && mixWeights(batch.weights, partners, ofLabels);
      return {
        ...batch,
        inputs: mixed as Tensors,
        ...(weights && { weights }),
        mixture: { targets: ofPartners(batch.targets, partners), share: ofLabels },
      };
    },
    transformTargets: (targets, { outputs, carry }) =>
      mixTargets(targets, outputs, carry['partners']!, carry['share'] as OneOrEach),
  };
}

const ofPartners = (targets: Tensors, partners: tf.Tensor): Tensors =>
  mapTensors<tf.Tensor, tf.Tensor>(targets, (one) => tf.gather(one, partners as tf.Tensor1D)) as Tensors;

/** `share * weight + (1 - share) * weight of the partner`, as the targets are mixed. */
const mixWeights = (weights: Tensors, partners: tf.Tensor, share: OneOrEach): Tensors =>
  mapTensors<tf.Tensor, tf.Tensor>(weights, (one) =>
    blend(tf.cast(one, 'float32'), partners, share),
  ) as Tensors;

function mixInputs(inputs: tf.Tensor, partners: tf.Tensor, share: tf.Tensor): tf.Tensor {
  if (inputs.dtype === 'float32') return blend(inputs, partners, share);
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'mixup',
    what: `inputs must be float32, because indices cannot be mixed, got ${inputs.dtype}`,
    fix: 'Give the inputs as numbers, or remove mixup',
  });
}
