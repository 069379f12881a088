import { CantripError } from '@cantrip/errors';
import type { Loss, ShapesToCheck } from '@cantrip/trainer';

/** What the units of an output mean to a metric. */
export interface Kind {
  readonly who: string;
  readonly multiLabel: boolean;
  readonly from: 'logits' | 'probabilities';
}

/** Whether each unit answers yes or no on its own. With one unit, it always does. */
export const answersAlone = (outputShape: readonly number[], multiLabel: boolean): boolean =>
  multiLabel || outputShape.at(-1) === 1;

const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis] || size === -1 || b[axis] === -1);

/**
 * Checks that targets are answers in the shape of the outputs, class indices, or one number for each class.
 *
 * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function checkShapes({ who, multiLabel }: Kind, given: ShapesToCheck): void {
  const { targetShape, targetType, outputShape } = given;
  if (outputShape.length === 0) throw mismatch(who, given, 'Use outputs with one axis for the examples');
  if (sameSizes(targetShape, outputShape)) return;
  if (answersAlone(outputShape, multiLabel)) {
    throw mismatch(who, given, 'Use one number from 0 to 1 for each unit, in the shape of the outputs');
  }
  if (!sameSizes(targetShape, outputShape.slice(0, -1))) {
    throw mismatch(
      who,
      given,
      `Use class indices of shape [${outputShape.slice(0, -1).join(', ')}], or one number for each class`,
    );
  }
  if (targetType === 'int32') return;
  throw new CantripError('DTYPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] are class indices and must be int32, got ${targetType}`,
    fix: 'Pass the labels as an Int32Array or Uint8Array, or one number for each class',
  });
}

/**
 * Checks that targets have the shape of the outputs.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function checkSameShape(who: string, given: ShapesToCheck): void {
  if (given.outputShape.length > 0 && sameSizes(given.targetShape, given.outputShape)) return;
  throw mismatch(who, given, 'Use the same shape for both; [n] beside [n, 1] would be broadcast to [n, n]');
}

function mismatch(who: string, { targetShape, outputShape }: ShapesToCheck, fix: string): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] do not match outputs of shape [${outputShape.join(', ')}]`,
    fix,
  });
}

/**
 * Checks that a metric of classes reads the outputs as the loss does.
 *
 * @throws CantripError LOSS_MISFIT
 */
export function checkKind(
  { who, multiLabel, from }: Kind,
  loss: Loss,
  { targetShape, outputShape }: ShapesToCheck,
): void {
  const indices = targetShape.length === outputShape.length - 1;
  if (loss.isRegression && !indices) {
    throw misfit(who, `must not be used with ${loss.name}, which is a loss for regression`, 'Remove it');
  }
  const alone = answersAlone(outputShape, multiLabel);
  if (loss.answers === 'sigmoid' && !alone && !indices) {
    throw misfit(
      who,
      `chooses one class among ${outputShape.at(-1)} units, but with ${loss.name} each unit answers yes or no`,
      `Write ${who}({ multiLabel: true })`,
    );
  }
  if (loss.answers === 'softmax' && multiLabel) {
    throw misfit(
      who,
      `has multiLabel: true, but ${loss.name} chooses one class among the units`,
      'Remove multiLabel',
    );
  }
  if (loss.answers === undefined) return;
  const given = loss.applies === undefined ? 'probabilities' : 'logits';
  if (given === from) return;
  throw misfit(
    who,
    `reads the outputs as ${from}, but ${loss.name} reads them as ${given}`,
    `Write ${who}({ from: '${given}' })`,
  );
}

const misfit = (who: string, what: string, fix: string): CantripError =>
  new CantripError('LOSS_MISFIT', { who, what, fix });
