import { CantripError } from '@cantrip/errors';
import { cVariable } from '../api/c-environment.ts';

/** What TensorFlow reads as a truth value with a check that ends the process. */
const switches = ['TF_DETERMINISTIC_OPS', 'TF_CUDNN_DETERMINISTIC'] as const;

/**
 * Refuses what TensorFlow would end the process for: a switch that is neither 0, 1, false nor true.
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
