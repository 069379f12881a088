import { CantripError } from '@cantrip/errors';

/**
 * Refuses a factory of ours that was given where what it makes belongs; a function of the user's is known by nobody.
 *
 * @throws CantripError OPTION_INVALID
 */
export function refuseUncalled(
  option: string,
  given: unknown,
  factories: Readonly<Record<string, unknown>>,
): void {
  const found = Object.entries(factories).find(([, factory]) => factory === given);
  if (!found) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${option} got ${found[0]} itself, which was not called`,
    fix: `Write ${found[0]}()`,
  });
}
