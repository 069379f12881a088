import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

// A bin without predictions has no accuracy, so its other numbers are NaN.
const schema = v.object({
  calibration: v.looseObject(
    { bins: v.array(v.looseObject({ count: v.number() })) },
    'must be the result of calibrationOf',
  ),
});

/**
 * Checks that the argument of a diagram is a result of `calibrationOf` or `calibrationMeter`.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkCalibration(who: string, calibration: unknown): void {
  parseOptions(who, schema, { calibration });
}
