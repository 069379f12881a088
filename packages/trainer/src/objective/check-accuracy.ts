import { CantripError } from '@cantrip/errors';
import { isOneUnit } from './class-targets.ts';
import { areIndices } from './class-targets.ts';
import type { Loss, ShapesToCheck } from './loss.ts';

/**
 * Checks that an accuracy says something beside a loss: a number that is to be met has none, and whether one unit says
 * yes can be told only where it is known what it gives.
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
      `says nothing beside ${loss.name}, which trains outputs to meet numbers`,
      isOneUnit(outputShape)
        ? 'Leave it out, or take sigmoidCrossEntropy() where the unit says yes or no'
        : 'Leave it out, or take softmaxCrossEntropy() where the units are classes',
    );
  }
  if (isOneUnit(outputShape)) return checkOneUnit(loss, from);
  if (loss.answers !== 'sigmoid' || areIndices(targetShape, outputShape)) return;
  throw misfit(
    `looks for one class among ${outputShape.at(-1)} units, but ${loss.name} lets each of them say yes or no`,
    'Take binaryAccuracy(), or softmaxCrossEntropy() where only one of the classes is right',
  );
}

function checkOneUnit(loss: Loss, from: 'logits' | 'probabilities'): void {
  if (loss.answers !== 'sigmoid') {
    throw misfit(
      `over one unit needs to know what the unit gives, and ${loss.name} does not tell`,
      'Take binaryAccuracy({ from }) with from logits or probabilities, or leave it out where the unit gives a number',
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
