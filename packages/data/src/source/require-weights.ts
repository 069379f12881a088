import type { HostTensor } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';

/**
 * Checks what examples count as: plain numbers, finite and at least 0.
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
      ? 'weights have a normalization'
      : `weights must be finite numbers of at least 0, got ${values[at]!} at ${at}`,
    fix: 'Give plain weights; 0 leaves an example out',
  });
}
