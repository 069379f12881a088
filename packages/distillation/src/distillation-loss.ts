import {
  checkArgument,
  floatTensorCheck,
  numberIn,
  above,
  oneOf,
  optional,
  type Optional,
  readOptions,
} from '@cantrip/errors';
import { weightedMean } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { checkWeights, sameShape } from './check-logits.ts';
import { hardLosses, softLosses } from './losses-of-examples.ts';

export interface DistillationLossOptions {
  /**
   * `soft` (the default): the student learns all probabilities of the teacher. `hard`: it learns the class that the
   * teacher ranks first.
   */
  readonly kind?: 'soft' | 'hard' | undefined;
  /**
   * Divides the logits of both, above 0; 4 by default. A higher temperature gives the small probabilities of the
   * teacher more influence. `hard` ignores it.
   */
  readonly temperature?: number | undefined;
  /** The weights of the examples `[N]`, or of all places `[…]`. By default all weights are 1. */
  readonly weights?: tf.Tensor | undefined;
}

/** The checks of the options that function and plugin share. */
export const lossChecks: LossChecks = {
  kind: optional(oneOf('soft', 'hard'), 'soft'),
  temperature: optional(numberIn(above(0)), 4),
};

interface LossChecks {
  readonly kind: Optional<'soft' | 'hard', 'soft' | 'hard'>;
  readonly temperature: Optional<number, number>;
}

/**
 * Computes how far the outputs of a student are from those of a teacher: a mean over all places.
 *
 * `soft`: `T^2 * sum_k p_k * (log p_k - log q_k)` with `p = softmax(teacher / T)` and `q = softmax(student / T)`. The
 * factor `T^2` makes the gradients as large at each temperature. `hard`: the cross-entropy of the student and the
 * teacher's first class.
 *
 * The mean is `sum(weight * loss) / sum(weight)`; it is 0 if all weights are 0.
 *
 * @param student - logits, float32 `[…, K]`
 * @param teacher - logits in the same shape. `Math.log` of probabilities are logits too
 * @returns a scalar, which the caller disposes
 * @throws CantripError SHAPE_MISMATCH or OPTION_INVALID
 * @example
 * ```ts
 * const [student, teacher] = [tf.tensor2d([[0, 0]]), tf.tensor2d([[0, 2]])];
 * distillationLoss(student, teacher, { temperature: 1 }); // 0.3278
 * distillationLoss(student, teacher, { kind: 'hard' }); // 0.6931 = ln 2
 * ```
 * @see Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network, https://arxiv.org/abs/1503.02531
 * @see Touvron et al., Training data-efficient image transformers, https://arxiv.org/abs/2012.12877, for `hard`
 */
export function distillationLoss(
  student: tf.Tensor,
  teacher: tf.Tensor,
  options: DistillationLossOptions = {},
): tf.Scalar {
  const who = 'distillationLoss';
  checkArgument(who, 'student', floatTensorCheck, student);
  checkArgument(who, 'teacher', floatTensorCheck, teacher);
  const { kind, temperature, weights } = readOptions(who, optionChecks, options);
  sameShape(who, student, teacher);
  checkWeights(who, student, weights);
  return tf.tidy(() => {
    const losses = kind === 'hard' ? hardLosses(student, teacher) : softLosses(student, teacher, temperature);
    return weightedMean(losses, weights as tf.Tensor | undefined);
  });
}

const optionChecks = { ...lossChecks, weights: optional(floatTensorCheck) } as const;
