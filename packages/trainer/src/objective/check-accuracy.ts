import { CantripError } from '@cantrip/errors';
import { isOneUnit } from './class-targets.ts';
import { areIndices } from './class-targets.ts';
import type { Loss, ShapesToCheck } from './loss.ts';

/**
 * Checks that an accuracy makes sense for the loss. A regression has no accuracy. With one unit, the loss must say
 * whether it is a logit or a probability.
 *
 * @throws CantripError LOSS_MISFIT
 */
export function checkAccuracy(
  loss: Loss,
  { outputShape, targetShape }: ShapesToCheck,
  from: 'logits' | 'probabilities',
): void {
  if (loss.isRegression && !areIndices(targetShape, outputShape)) {
    throw misfit(
      `must not be used with ${loss.name}, which is a loss for regression`,
      isOneUnit(outputShape)
        ? 'Remove it, or use sigmoidCrossEntropy() if the unit answers yes or no'
        : 'Remove it, or use softmaxCrossEntropy() if the units are classes',
    );
  }
  if (isOneUnit(outputShape)) return checkOneUnit(loss, from);
  if (loss.answers !== 'sigmoid' || areIndices(targetShape, outputShape)) return;
  throw misfit(
    `chooses one class among ${outputShape.at(-1)} units, but with ${loss.name} each unit answers yes or no`,
    'Use binaryAccuracy(), or softmaxCrossEntropy() if exactly one class is correct',
  );
}

function checkOneUnit(loss: Loss, from: 'logits' | 'probabilities'): void {
  if (loss.answers !== 'sigmoid') {
    throw misfit(
      `over one unit must know whether it is a logit or a probability, but ${loss.name} does not say`,
      "Use binaryAccuracy({ from: 'logits' }) or binaryAccuracy({ from: 'probabilities' }), or remove it if the unit predicts a number",
    );
  }
  const given = loss.applies === undefined ? 'probabilities' : 'logits';
  if (given === from) return;
  throw misfit(
    `reads one unit as ${from}, but ${loss.name} reads it as ${given}`,
    `Write accuracy({ from: '${given}' })`,
  );
}

const misfit = (what: string, fix: string): CantripError =>
  new CantripError('LOSS_MISFIT', { who: 'accuracy', what, fix });
