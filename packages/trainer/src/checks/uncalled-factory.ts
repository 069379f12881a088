import { CantripError } from '@cantrip/errors';

/** Factories by the option that takes their result. */
export type Factories = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Refuses one of our factories that was passed without being called, or as the wrong option. Functions of the user
 * pass.
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
        ? `${option} got the function ${name}, which was not called`
        : `${option} got ${name}, which belongs in ${home}`,
      fix: isAtHome
        ? `Write ${name}()`
        : `Write ${home}: ${home === 'metrics' ? `[${name}()]` : `${name}()`}`,
    });
  }
}
