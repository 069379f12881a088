import type { CantripError } from '@cantrip/errors';
import type { State } from '../contract/contexts.ts';

/** Copies a plugin's state, which must be plain data. If it is not, the error of `refusal` is thrown. */
export function copyState(state: State, refusal: (why: string) => CantripError): State {
  try {
    return structuredClone(state);
  } catch (error) {
    throw refusal(error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
  }
}
