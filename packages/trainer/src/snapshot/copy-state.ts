import type { CantripError } from '@cantrip/errors';
import type { State } from '../contract/contexts.ts';

/** A copy of a plugin's state, which must be plain data; `refusal` makes the error where it is not. */
export function copyState(state: State, refusal: (why: string) => CantripError): State {
  try {
    return structuredClone(state);
  } catch (error) {
    throw refusal(error instanceof Error ? error.message.replace(/\.$/, '') : String(error));
  }
}
