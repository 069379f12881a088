import { CantripError } from '@cantrip/errors';
import type { Optimizer } from '@cantrip/optimizers';
import type { Objective } from './objective.ts';

/**
 * Checks that gradients of several batches can be put together as those of one: each batch weighs what its loss is
 * divided by, which is one number.
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
      `${optimizer.name} takes the mean over batches, but the loss ${sum[1].name} is a sum`,
      'Take a loss that is a mean, or train without accumulating',
    );
  }
  const uneven = losses.find(([, { counts }]) => counts === 'labels');
  if (losses.length === 1 || (!uneven && !hasWeights)) return;
  throw refused(
    `${optimizer.name} weighs a batch by one number, but the losses of ${losses.map(([output]) => output).join(', ')} are divided by what counts in each${uneven ? `, as ${uneven[1].name} is` : ''}`,
    'Train without accumulating, or with losses that count every example',
  );
}

const refused = (what: string, fix: string): CantripError =>
  new CantripError('OPTION_INVALID', { who: 'trainer', what, fix });
