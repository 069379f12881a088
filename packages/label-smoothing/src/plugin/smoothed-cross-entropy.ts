import { CantripError } from '@cantrip/errors';
import type { Loss, Plugin } from '@cantrip/trainer';
import type { Scalar } from '@tensorflow/tfjs-core';
import {
  checkedCrossEntropy,
  type CrossEntropyOptions,
  measuredCrossEntropy,
} from '../cross-entropy/cross-entropy.ts';
import { type CheckedOptions, checkLossOptions } from '../cross-entropy/cross-entropy-schema.ts';
import { checkFit } from '../cross-entropy/lay-out.ts';
import { placesOf } from '../cross-entropy/mask.ts';
import { checkShift } from '../cross-entropy/shift-labels.ts';
import { handoverOf, type HandoverToLoss, type SmoothedByPlugin } from './handover-to-loss.ts';

export interface SmoothedCrossEntropyOptions extends Omit<
  CrossEntropyOptions,
  'smoothing' | 'mask' | 'divisor' | 'reduction'
> {
  /**
   * The share to spread over all classes, in [0, 1): a number, or one for each true class. This smooths training and
   * validation. To smooth training only, pass a `labelSmoothing` plugin of the same trainer. 0 by default.
   */
  readonly smoothing?: number | readonly number[] | Plugin;
  /** `mean` by default. */
  readonly reduction?: 'mean' | 'sum';
}

const name = 'smoothedCrossEntropy';

/**
 * Loss of a trainer: cross-entropy with label smoothing, class weights, an ignored index and a confidence penalty.
 *
 * It is {@link crossEntropy} as a loss, with the same options. If `smoothing` is a `labelSmoothing` plugin, that
 * plugin sets the smoothing of each step, and validation is not smoothed. Class indices never become a matrix.
 *
 * If class weights are all you need, `softmaxCrossEntropy` of `@cantrip/trainer` is enough.
 *
 * @throws CantripError OPTION_INVALID; while training SHAPE_MISMATCH, DTYPE_MISMATCH, LABEL_OUT_OF_RANGE
 * @example
 * ```ts
 * const smoothing = labelSmoothing({ smoothing: 0.1 });
 * createTrainer({ …, loss: smoothedCrossEntropy({ smoothing, ignoreIndex: -100 }), plugins: [smoothing] });
 * ```
 */
export function smoothedCrossEntropy(options: SmoothedCrossEntropyOptions = {}): Loss & SmoothedByPlugin {
  const handover = handoverOf((options as SmoothedCrossEntropyOptions | null)?.smoothing);
  const checked = handover ? linked(handover, options) : checkLossOptions(options);
  const { ignoreIndex, axis } = checked;
  return {
    name,
    ...(handover && { smoothedBy: options.smoothing as Plugin }),
    compute: (targets, outputs) =>
      checkedCrossEntropy(targets, outputs, { ...checked, ...handover?.current() }) as Scalar,
    measure: (targets, outputs, weights) =>
      measuredCrossEntropy(targets, outputs, {
        ...checked,
        ...handover?.current(),
        mask: weights && placesOf(weights, outputs, axis),
      }),
    counts: countsOf(checked),
    ignoreIndex,
    applies: checked.from === 'logits' ? checked.activation : undefined,
    answers: checked.activation,
    check({ targetShape, targetType, outputShape }) {
      if (checked.shiftLabels) checkShift(name, outputShape);
      checkFit(name, { shape: targetShape, dtype: targetType }, { shape: outputShape }, checked);
    },
    classes: (outputShape) => outputShape.at(axis)!,
  };
}

/** What the loss of a batch is divided by. */
function countsOf({ reduction, ignoreIndex, classWeights }: CheckedOptions): Loss['counts'] {
  if (reduction === 'sum') return 'nothing';
  return ignoreIndex === undefined && classWeights === undefined ? undefined : 'labels';
}

/** The options of a loss whose smoothing comes from a plugin. */
function linked(handover: HandoverToLoss, options: SmoothedCrossEntropyOptions): CheckedOptions {
  const { smoothing: _, ...own } = options;
  const checked = checkLossOptions({ activation: handover.activation, ...own });
  for (const [option, differs] of [
    ['activation', checked.activation !== handover.activation],
    ['prior', checked.prior !== undefined],
    ['confidencePenalty', checked.confidencePenalty !== 0],
  ] as const) {
    if (!differs) continue;
    throw new CantripError('OPTION_INVALID', {
      who: name,
      what: `${option} must be an option of the labelSmoothing plugin, not of this loss`,
      fix: `Write labelSmoothing({ ${option}: … })`,
    });
  }
  return checked;
}
