import { parseOptions } from '@cantrip/errors';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule, perEpoch, warmup, type WarmupConvention } from '@cantrip/lr-schedules';
import { mixup } from '@cantrip/mixup';
import { randomErasing } from '@cantrip/random-erasing';
import { stochasticDepth } from '@cantrip/stochastic-depth';
import type { PluginList } from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import { zeroGamma } from '@cantrip/zero-gamma';
import * as v from 'valibot';

/** A recipe, by who published it and when. */
export type PublishedRecipe = 'he-2019' | 'torchvision-2021' | 'timm-a2';

export interface BagOfTricksOptions {
  /** The learning rate after the warm-up, above 0. */
  readonly learningRate: number;
  /** `he-2019` by default. */
  readonly recipe?: PublishedRecipe;
  /** The epochs of the run, more than 5; torchvision's average depends on it. 600 by default, as torchvision trains. */
  readonly epochs?: number;
  /** The examples in a batch; torchvision's average depends on it. 1024 by default, as torchvision trains. */
  readonly batchSize?: number;
}

const schema = v.strictObject({
  learningRate: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  recipe: v.optional(v.picklist(['he-2019', 'torchvision-2021', 'timm-a2']), 'he-2019'),
  epochs: v.optional(v.pipe(v.number(), v.safeInteger(), v.gtValue(5)), 600),
  batchSize: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 1024),
});

type Parsed = v.InferOutput<typeof schema>;

/** All three warm up for five epochs. */
const WARMUP = '5ep';

/**
 * The plugins of a published recipe that trains a residual network for images from the beginning.
 *
 * - `he-2019`, "Bag of tricks": the last gamma of each residual branch begins at 0, warm-up from 0 over 5 epochs,
 *   cosine decay, label smoothing 0.1, mixup 0.2.
 * - `torchvision-2021`, its new recipe for ResNet-50: warm-up from 1 % over 5 epochs and cosine decay, one rate an epoch;
 *   label smoothing 0.1; random erasing 0.1; mixup 0.2 or CutMix 1; an average of the weights every 32 steps, after the warm-up, whose decay
 *   is `1 - 2e-5 * batchSize * 32 / epochs`.
 * - `timm-a2`, "ResNet strikes back" A2: warm-up over 5 epochs and cosine decay, one rate an epoch, as timm's scheduler;
 *   mixup 0.1 or CutMix 1; stochastic depth 0.05. Its loss is `sigmoidCrossEntropy`. The paper does not name the first
 *   rate; here it is 0.
 *
 * Weight decay is the optimizer's. `he-2019` and `timm-a2` have none on biases and norms:
 * `groups: [noDecayOnBiasesAndNorms]`. `torchvision-2021` has none on norms alone:
 * `groups: [{ match: /(^|\/)(gamma|beta)$/, weightDecay: 0 }]`. Random crops, TrivialAugment of `torchvision-2021` and
 * RandAugment of `timm-a2` are the data's. Repeated augmentation of both is left out.
 *
 * @throws CantripError OPTION_INVALID; from the trainer MODEL_INVALID if the model has no residual branch, except for
 *   `torchvision-2021`
 * @example
 * ```ts
 * createTrainer({ …, plugins: [bagOfTricks({ learningRate: 0.1 })] });
 * bagOfTricks({ recipe: 'torchvision-2021', learningRate: 0.5, epochs: 100, batchSize: 256 });
 * ```
 * @see He et al., Bag of tricks for image classification, sections 3 to 5, https://arxiv.org/abs/1812.01187
 * @see Vryniotis, https://pytorch.org/blog/how-to-train-state-of-the-art-models-using-torchvision-latest-primitives/
 * @see Wightman et al., ResNet strikes back, table 2, https://arxiv.org/abs/2110.00476
 */
export function bagOfTricks(options: BagOfTricksOptions): PluginList {
  const parsed = parseOptions('bagOfTricks', schema, options);
  return recipes[parsed.recipe](parsed);
}

const recipes: Readonly<Record<PublishedRecipe, (options: Parsed) => PluginList>> = {
  'he-2019': ({ learningRate }) => [
    zeroGamma(),
    lrSchedule(warmedUpCosine(learningRate, 0)),
    mixup({ alpha: 0.2 }),
    labelSmoothing({ smoothing: 0.1 }),
  ],
  'torchvision-2021': ({ learningRate, epochs, batchSize }) => [
    lrSchedule(perEpoch(warmedUpCosine(learningRate, 0.01 * learningRate))),
    randomErasing({ probability: 0.1, area: [0.02, 0.33], ratio: [0.3, 3.3] }),
    mixup({ alpha: 0.2, cutmixAlpha: 1 }),
    labelSmoothing({ smoothing: 0.1 }),
    weightAveraging({
      decay: torchvisionDecay(epochs, batchSize),
      every: EVERY,
      start: WARMUP,
      warmup: false,
    }),
  ],
  'timm-a2': ({ learningRate }) => [
    lrSchedule(perEpoch(warmedUpCosine(learningRate, 0, 'mid-curve'))),
    mixup({ alpha: 0.1, cutmixAlpha: 1 }),
    stochasticDepth({ rate: 0.05 }),
  ],
};

const warmedUpCosine = (value: number, initialValue: number, convention: WarmupConvention = 'inside') =>
  warmup(cosine({ value, steps: '100%' }), { steps: WARMUP, initialValue, convention });

/** Steps from one average of torchvision to the next. */
const EVERY = 32;

/** `1 - (1 - 0.99998) * batchSize * 32 / epochs`, at least 0: train.py of torchvision's references. */
const torchvisionDecay = (epochs: number, batchSize: number): number =>
  1 - Math.min(1, ((1 - 0.99998) * batchSize * EVERY) / epochs);
