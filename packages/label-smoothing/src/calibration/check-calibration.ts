import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

// A bin without predictions has no accuracy, so that its other figures are NaN.
const schema = v.object({
  calibration: v.looseObject({ bins: v.array(v.looseObject({ count: v.number() })) }),
});

/**
 * Checks that a picture is asked for of what `calibrationOf` returns.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkCalibration(who: string, calibration: unknown): void {
  parseOptions(who, schema, { calibration });
}
