import { CantripError, parseOptions } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { checkFit } from '../cross-entropy/lay-out.ts';
import type { Activation } from '../smoothing/option-checks.ts';
import { activationSchema, ignoreIndexSchema } from '../smoothing/option-schemas.ts';
import { type Calibration, errorsOf } from './calibration.ts';
import { type Binning, equalMass, equalWidth } from './calibration-bins.ts';
import { binaryPredictions, classPredictions, type Prediction } from './predictions.ts';
import { readWeights } from './read-weights.ts';

export interface CalibrationOptions {
  /** The number of bins, from 1 to 1,000,000; 15 by default. */
  readonly bins?: number;
  /** Bins of equal width (default), or with equal numbers of predictions. */
  readonly binning?: 'equal-width' | 'equal-mass';
  /** Whether the outputs are logits or probabilities; `logits` by default. */
  readonly from?: 'logits' | 'probabilities';
  /**
   * `softmax` by default: the confidence is the probability of the most likely class. `sigmoid`: every class of
   * every example is a prediction. Its confidence is the probability of yes, and it is right if the answer is yes.
   */
  readonly activation?: Activation;
  /** Whether to also measure each class; false by default. */
  readonly classwise?: boolean;
  /** Ignores examples with this class index. By default ignores none. */
  readonly ignoreIndex?: number | undefined;
}

/** @internal */
export const calibrationSchema: v.GenericSchema<CalibrationOptions | undefined, CheckedCalibrationOptions> =
  v.optional(
    v.strictObject({
      bins: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1e6)), 15),
      binning: v.optional(v.picklist(['equal-width', 'equal-mass']), 'equal-width'),
      from: v.optional(v.picklist(['logits', 'probabilities']), 'logits'),
      activation: v.optional(activationSchema, 'softmax'),
      classwise: v.optional(v.boolean(), false),
      ignoreIndex: v.optional(ignoreIndexSchema),
    }),
    {},
  ) as v.GenericSchema<CalibrationOptions | undefined, CheckedCalibrationOptions>;

type CheckedCalibrationOptions = Required<Omit<CalibrationOptions, 'ignoreIndex'>> &
  Pick<CalibrationOptions, 'ignoreIndex'>;

/**
 * Collects predictions batch by batch. The errors are those of all predictions together, not the mean of the
 * batches' errors.
 */
export interface CalibrationMeter {
  /**
   * Adds a batch: class indices `[…]` or one-hot or soft labels `[…, K]`, and outputs `[…, K]`. It reads the values
   * and does not dispose the tensors.
   *
   * @param weights - the weight of each example, `[batch]`, or of each position in it; finite numbers of at least 0.
   *   Predictions with the weight 0 are ignored. Equal-mass bins accept only the weights 0 and 1.
   * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH, LABEL_OUT_OF_RANGE; OPTION_INVALID for invalid
   *   probabilities or weights. A batch that causes an error adds nothing
   */
  add(labels: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Promise<void>;
  /**
   * Computes the calibration of all predictions so far.
   *
   * @throws CantripError DATA_EMPTY if there are no predictions
   */
  result(): Calibration;
}

/**
 * Measures calibration: the difference between a classifier's confidence and how often it is right.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const meter = calibrationMeter({ bins: 10 });
 * for (const { labels, logits } of batches) await meter.add(labels, logits);
 * meter.result().expectedError; // 0.043: confidence and accuracy differ by 4.3 % on average
 * ```
 * @see Guo et al., On Calibration of Modern Neural Networks, https://arxiv.org/abs/1706.04599; Nixon et al., Measuring
 *   Calibration in Deep Learning, https://arxiv.org/abs/1904.01685
 */
export function calibrationMeter(options: CalibrationOptions = {}): CalibrationMeter {
  const checked = parseOptions('calibrationMeter', calibrationSchema, options);
  const newBinning = (): Binning =>
    checked.binning === 'equal-width' ? equalWidth(checked.bins) : equalMass(checked.bins);
  const top = newBinning();
  const ofClass: Binning[] = [];
  const sums = { count: 0, weight: 0, right: 0, confidence: 0, logLikelihood: 0, brier: 0 };
  const { activation, classwise, ignoreIndex } = checked;

  function take(prediction: Prediction): void {
    const { confidence, isRight, logLikelihood, brier, weight } = prediction;
    top.add(prediction);
    sums.count += 1;
    sums.weight += weight;
    sums.right += isRight ? weight : 0;
    sums.confidence += weight * confidence;
    sums.logLikelihood += weight * logLikelihood;
    sums.brier += weight * brier;
    if (!classwise) return;
    for (const { index, probability, isTrue } of prediction.classes()) {
      (ofClass[index] ??= newBinning()).add({ confidence: probability, isRight: isTrue, weight });
    }
  }

  return {
    async add(labels, outputs, weights) {
      const { sparse } = checkFit('calibrationMeter', labels, outputs, { axis: -1, activation });
      const classes = outputs.shape.at(-1) ?? 1;
      const read = await readWeights(weights, outputs, activation);
      const batch = {
        labels: await labels.data(),
        outputs: await outputs.data(),
        weights: read,
        sparse,
        classes,
      };
      const predictions = activation === 'softmax' ? classPredictions : binaryPredictions;
      // Computes all predictions first, so that a refused batch adds nothing.
      for (const prediction of [...predictions(batch, { from: checked.from, ignoreIndex })]) take(prediction);
    },
    result() {
      if (sums.count === 0) throw nothingAdded();
      const perClass = ofClass.map((binning) => errorsOf(binning.bins()));
      return {
        count: sums.count,
        weight: sums.weight,
        accuracy: sums.right / sums.weight,
        confidence: sums.confidence / sums.weight,
        negativeLogLikelihood: -sums.logLikelihood / sums.weight,
        brierScore: sums.brier / sums.weight,
        ...errorsOf(top.bins()),
        ...(classwise
          ? {
              classes: perClass,
              classwiseError:
                perClass.reduce((sum, { expectedError }) => sum + expectedError, 0) / perClass.length,
            }
          : {}),
      };
    },
  };
}

function nothingAdded(): CantripError {
  return new CantripError('DATA_EMPTY', {
    who: 'calibrationMeter',
    what: 'result() needs at least one prediction, got none',
    fix: 'Call add with at least one batch whose labels are not ignored',
  });
}
