import { parseOptions } from '@cantrip/errors';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import type { PluginList } from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import * as v from 'valibot';

export interface FineTuningOptions {
  /** The learning rate after the warm-up, above 0. */
  readonly learningRate: number;
  /** The examples in a batch. Below 16, batch normalisations are frozen. */
  readonly batchSize: number;
  /** The steps of the warm-up, as a share of the run in [0, 1); 0.05 by default. */
  readonly warmupShare?: number;
  /** The decay of the average of the weights, in [0, 1); 0.9998 by default. 0 leaves the average out. */
  readonly averageDecay?: number;
}

const share = v.pipe(
  v.number(),
  v.minValue(0),
  v.check((value) => value < 1, 'must be below 1'),
);
const schema = v.strictObject({
  learningRate: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  batchSize: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  warmupShare: v.optional(share, 0.05),
  averageDecay: v.optional(share, 0.9998),
});

/** Statistics of fewer examples are too noisy: Wu and He, Group normalization, figure 1. */
const FEWEST_FOR_STATISTICS = 16;

/**
 * The plugins to fine-tune a pretrained network: frozen batch normalisation at small batches, warm-up and cosine decay,
 * and an average of the weights for evaluation.
 *
 * Rates by layer belong to the optimizer: pass `groups: layerwiseDecay({ layers, decay: 0.75 })` of
 * `@cantrip/optimizers`, as He et al. and timm do.
 *
 * - Frozen statistics below 16 examples: torchvision's detection models have `FrozenBatchNorm2d`, at batches of 2. Unlike
 *   there, gamma and beta are still trained.
 * - Cosine decay after a linear warm-up of 5 % of the steps: He et al. have 5 of 100 epochs.
 * - Average with decay 0.9998: the default of timm's `--model-ema-decay`. It grows from 0, as in timm with
 *   `--model-ema-warmup`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({
 *   …,
 *   optimizer: adamw({ groups: layerwiseDecay({ layers: ['stem/**', 'body/**', 'head/**'], decay: 0.75 }) }),
 *   plugins: [fineTuning({ learningRate: 1e-3, batchSize: 8 })],
 * });
 * ```
 * @see He et al., Masked autoencoders are scalable vision learners, table 9, https://arxiv.org/abs/2111.06377
 * @see Wightman, timm, https://github.com/huggingface/pytorch-image-models
 */
export function fineTuning(options: FineTuningOptions): PluginList {
  const { learningRate, batchSize, warmupShare, averageDecay } = parseOptions('fineTuning', schema, options);
  const decayed = cosine({ value: learningRate, steps: '100%' });
  const steps = `${warmupShare * 100}%` as const;
  return [
    batchSize < FEWEST_FOR_STATISTICS && batchNormFreezing({ affine: 'train' }),
    lrSchedule(warmupShare > 0 ? warmup(decayed, { steps, convention: 'inside' }) : decayed),
    averageDecay > 0 && weightAveraging({ decay: averageDecay }),
  ];
}
