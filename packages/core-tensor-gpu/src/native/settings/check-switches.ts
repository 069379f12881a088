import { CantripError } from '@cantrip/errors';
import { cVariable } from '../api/c-environment.ts';

/** The environment variables that TensorFlow reads as booleans. A wrong value ends the process. */
const switches = ['TF_DETERMINISTIC_OPS', 'TF_CUDNN_DETERMINISTIC'] as const;

/**
 * Refuses values that would end the process: anything other than 0, 1, false or true.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkSwitches(): void {
  for (const name of switches) {
    const value = cVariable(name);
    if (value === undefined || /^(0|1|false|true)$/i.test(value)) continue;
    throw new CantripError('OPTION_INVALID', {
      who: 'tensorflow',
      what: `the environment variable ${name} must be 0, 1, false or true, got ${JSON.stringify(value)}`,
      fix: `Set it to one of these, or unset it`,
    });
  }
}
