import { CantripError } from '@cantrip/errors';

/** Factories by the option that what they make belongs to. */
export type Factories = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Refuses a factory of ours that was given where what it makes belongs, or anything else; a function of the user's is
 * known by nobody.
 *
 * @throws CantripError OPTION_INVALID
 */
export function refuseUncalled(option: string, given: unknown, factories: Factories): void {
  if (typeof given !== 'function') return;
  for (const [home, ofHome] of Object.entries(factories)) {
    const found = Object.entries(ofHome).find(([, factory]) => factory === given);
    if (!found) continue;
    const [name] = found;
    const isAtHome = option === home;
    throw new CantripError('OPTION_INVALID', {
      who: 'createTrainer',
      what: isAtHome
        ? `${option} got ${name} itself, which was not called`
        : `${option} got ${name}, which belongs in ${home}`,
      fix: isAtHome
        ? `Write ${name}()`
        : `Write ${home}: ${home === 'metrics' ? `[${name}()]` : `${name}()`}`,
    });
  }
}
