import type { Ending } from '../model/endings.ts';
import { CantripError } from '@cantrip/errors';
import type { Loss } from './loss.ts';

/**
 * Checks that a model that ends in a softmax or sigmoid has a loss that takes probabilities, and one that ends in
 * neither a loss that takes logits.
 *
 * @throws CantripError LOSS_MISFIT
 */
export function checkEnding(loss: Loss, ending: Ending | undefined): void {
  if (!ending || !loss.answers) return;
  const { layer, activation } = ending;
  const isProbability = activation === 'softmax' || activation === 'sigmoid';
  if (loss.applies && isProbability) {
    throw misfit(
      `${loss.name} takes logits and applies the ${loss.applies} itself, but the model's last layer ${layer} applies a ${activation} already`,
      `Leave the activation out of ${layer}, or write ${loss.name}({ from: 'probabilities' })`,
    );
  }
  if (loss.applies || isProbability) return;
  throw misfit(
    `${loss.name} takes probabilities, but the model's last layer ${layer} ends in ${activation}`,
    `Give ${layer} the activation '${loss.answers}', or leave from out of ${loss.name}`,
  );
}

const misfit = (what: string, fix: string): CantripError =>
  new CantripError('LOSS_MISFIT', { who: 'trainer', what, fix });
