import { CantripError, describe } from '@cantrip/errors';
import { SINGLE } from '../contract/tensor-trees.ts';

/**
 * Checks the factor of each loss in their sum.
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
      'lossWeights needs several losses, but there is only one',
      'Remove it, or set one loss for each output by name',
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
        `lossWeights names the output ${output}, but the losses are for ${outputs.join(', ')}`,
        'Use names of outputs that have a loss',
      );
    }
    if (Number.isFinite(weight) && weight >= 0) continue;
    throw refused(
      `lossWeights.${output} must be a finite number >= 0, got ${describe(weight)}`,
      `Set lossWeights.${output} to a number >= 0`,
    );
  }
  return given;
}

const refused = (what: string, fix: string): CantripError =>
  new CantripError('OPTION_INVALID', { who: 'createTrainer', what, fix });
