import { CantripError } from '@cantrip/errors';
import { entriesOfTensors, mapTensors } from '@cantrip/plugin-kit';
import type { Batch, Plugin, StepContext, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { blend } from '../mixing/mix-examples.ts';
import { partnersOf } from '../mixing/partners.ts';
import { mixTargets } from './mix-targets.ts';
import { drawScalars } from './draw-scalars.ts';
import { type MixupOptions, readMixupOptions } from './mixup-options.ts';
import { shareOfPixels } from './share-of-pixels.ts';

/**
 * Plugin: trains on mixtures of two examples and of their targets, by mixup, CutMix, or one of them at each step.
 *
 * Each step draws one share, and pairs the examples of each batch. Class indices become soft targets for the loss; soft
 * and continuous targets are mixed as they are. Metrics are measured on both targets, each with its share. Validation
 * is not mixed.
 *
 * @throws CantripError OPTION_INVALID. While training: DTYPE_MISMATCH if inputs are not float32; SHAPE_MISMATCH if
 *   CutMix is on and the inputs are not one batch of images; OPTION_INVALID if the batch has weights
 * @example
 * ```ts
 * createTrainer({ …, loss: softmaxCrossEntropy(), plugins: [mixup({ alpha: 0.2 })] });
 * mixup({ alpha: 0.8, cutmixAlpha: 1 }); // as in DeiT
 * ```
 */
export function mixup(options: MixupOptions = {}): Plugin {
  const parsed = readMixupOptions(options);
  const cuts = parsed.cutmixAlpha > 0 || parsed.cutmixMinmax !== undefined;
  const off = parsed.probability === 0 || (parsed.alpha === 0 && !cuts);
  const plugin = { name: 'mixup', provides: ['mixes-labels'] };
  if (off) return plugin;
  return {
    ...plugin,
    scheduleScalars: (scalars, context) => ({ ...scalars, ...drawScalars(parsed, cuts, context) }),
    transformBatch(batch, context) {
      refuseWeights(batch);
      const [[, first]] = entriesOfTensors<tf.Tensor>(batch.inputs) as [[string, tf.Tensor]];
      const partners = partnersOf(first.shape[0]!, parsed.pairing, context);
      const { ofInputs, ofLabels } = cuts
        ? shareOfPixels(batch.inputs, parsed, context)
        : plainShare(context);
      context.carry['partners'] = partners;
      context.carry['share'] = ofLabels;
      const mixed = mapTensors<tf.Tensor, tf.Tensor>(batch.inputs, (one) =>
        mixInputs(one, partners, ofInputs),
      );
      return {
        ...batch,
        inputs: mixed as Tensors,
        mixture: { targets: ofPartners(batch.targets, partners), share: ofLabels },
      };
    },
    transformTargets: (targets, { outputs, carry }) =>
      mixTargets(targets, outputs, carry['partners']!, carry['share'] as tf.Scalar),
  };
}

function plainShare({ scalar }: StepContext): { readonly ofInputs: tf.Scalar; readonly ofLabels: tf.Scalar } {
  return { ofInputs: scalar('mixupShare'), ofLabels: scalar('mixupShare') };
}

const ofPartners = (targets: Tensors, partners: tf.Tensor): Tensors =>
  mapTensors<tf.Tensor, tf.Tensor>(targets, (one) => tf.gather(one, partners as tf.Tensor1D)) as Tensors;

function mixInputs(inputs: tf.Tensor, partners: tf.Tensor, share: tf.Tensor): tf.Tensor {
  if (inputs.dtype === 'float32') return blend(inputs, partners, share);
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'mixup',
    what: `inputs must be float32, because indices cannot be mixed, got ${inputs.dtype}`,
    fix: 'Give the inputs as numbers, or remove mixup',
  });
}

function refuseWeights({ weights }: Batch): void {
  if (weights === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'mixup',
    what: 'batches must have no weights, because a mixture of two examples has no weight of its own',
    fix: 'Remove weights from the data, or remove mixup',
  });
}
