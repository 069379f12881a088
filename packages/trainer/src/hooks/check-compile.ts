import { CantripError } from '@cantrip/errors';

/**
 * Refuses `compile` without capture: XLA compiles the recorded step, and nothing is recorded op by op.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkCompile(who: string, compile: 'xla' | undefined, capture: 'auto' | boolean): void {
  if (compile === undefined || capture !== false) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `compile: '${compile}' needs a captured step, but capture is false`,
    fix: "Set capture: 'auto', or remove compile",
  });
}
