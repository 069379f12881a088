import { CantripError, describe } from '@cantrip/errors';
import { SINGLE } from '../contract/tensor-trees.ts';

/**
 * What each loss counts as in the sum of all.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkLossWeights(
  given: Readonly<Record<string, number>> | undefined,
  outputs: readonly string[],
): Readonly<Record<string, number>> {
  if (given === undefined) return {};
  if (outputs[0] === SINGLE) {
    throw refused(
      'lossWeights is given, but there is a single loss',
      'Leave it out, or name a loss for each output',
    );
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw refused(
      `lossWeights must be a number for each output by name, got ${describe(given)}`,
      `Write lossWeights: { ${outputs[0]!}: 0.5 }`,
    );
  }
  for (const [output, weight] of Object.entries(given)) {
    if (!outputs.includes(output)) {
      throw refused(
        `lossWeights names ${output}, but there are losses for ${outputs.join(', ')}`,
        'Give each weight the name of an output that has a loss',
      );
    }
    if (Number.isFinite(weight) && weight >= 0) continue;
    throw refused(
      `lossWeights.${output} must be a finite number of at least 0, got ${describe(weight)}`,
      'Give a weight of 0 or more',
    );
  }
  return given;
}

const refused = (what: string, fix: string): CantripError =>
  new CantripError('OPTION_INVALID', { who: 'createTrainer', what, fix });
