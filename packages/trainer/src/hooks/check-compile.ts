import { CantripError } from '@cantrip/errors';

/**
 * Refuses to compile what isn't captured: XLA makes one program of a recording, and op by op there is none.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkCompile(who: string, compile: 'xla' | undefined, capture: 'auto' | boolean): void {
  if (compile === undefined || capture !== false) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `compile: '${compile}' compiles the captured step, but capture is false`,
    fix: "Set capture: 'auto', or leave compile out",
  });
}
