import { CantripError } from '@cantrip/errors';
import type { Optimizer } from '@cantrip/optimizers';
import type { Objective } from './objective.ts';

/**
 * Checks that the gradients of several batches can be added to those of one large batch. Each batch is weighted by
 * the one number that its loss is divided by.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkAccumulation(
  { losses }: Objective,
  optimizer: Pick<Optimizer, 'name' | 'batchesPerStep'>,
  hasWeights: boolean,
): void {
  if (optimizer.batchesPerStep === undefined) return;
  const sum = losses.find(([, { counts }]) => counts === 'nothing');
  if (sum) {
    throw refused(
      `${optimizer.name} computes a mean over batches, but the loss ${sum[1].name} is a sum`,
      'Use a loss that is a mean, or train without gradient accumulation',
    );
  }
  const uneven = losses.find(([, { counts }]) => counts === 'labels');
  if (losses.length === 1 || (!uneven && !hasWeights)) return;
  throw refused(
    `${optimizer.name} weights each batch by one number, but the losses of ${losses.map(([output]) => output).join(', ')} are divided by different numbers${uneven ? `, for example ${uneven[1].name}` : ''}`,
    'Train without gradient accumulation, or use losses that count every example',
  );
}

const refused = (what: string, fix: string): CantripError =>
  new CantripError('OPTION_INVALID', { who: 'trainer', what, fix });
