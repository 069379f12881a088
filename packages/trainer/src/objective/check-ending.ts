import type { Ending } from '@cantrip/plugin-kit';
import { CantripError } from '@cantrip/errors';
import type { Loss } from './loss.ts';

/**
 * Checks that loss and last layer match: probabilities after a softmax or sigmoid, logits otherwise.
 *
 * @throws CantripError LOSS_MISFIT
 */
export function checkEnding(loss: Loss, ending: Ending | undefined): void {
  if (!ending || !loss.answers) return;
  const { layer, activation } = ending;
  const isProbability = activation === 'softmax' || activation === 'sigmoid';
  if (loss.applies && isProbability) {
    throw misfit(
      `${loss.name} expects logits and applies the ${loss.applies} itself, but the model's last layer ${layer} already applies a ${activation}`,
      `Remove the activation of ${layer}, or write ${loss.name}({ from: 'probabilities' })`,
    );
  }
  if (loss.applies || isProbability) return;
  throw misfit(
    `${loss.name} expects probabilities, but the model's last layer ${layer} has the activation ${activation}`,
    `Set the activation of ${layer} to '${loss.answers}', or remove from in ${loss.name}`,
  );
}

const misfit = (what: string, fix: string): CantripError =>
  new CantripError('LOSS_MISFIT', { who: 'trainer', what, fix });
