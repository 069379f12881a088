import type { HostTensor } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';

/**
 * Checks that weights are plain numbers, finite and at least 0.
 *
 * @throws CantripError OPTION_INVALID
 */
export function requireWeights(
  who: string,
  { values, normalization }: Pick<HostTensor, 'values'> & { readonly normalization?: unknown },
): void {
  const at = values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (at === -1 && !normalization) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: normalization
      ? 'weights must not have a normalization'
      : `weights must be finite numbers >= 0, got ${values[at]!} at index ${at}`,
    fix: 'Use a finite weight >= 0 for each example; weight 0 ignores an example',
  });
}
