import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { checkArgument, isCantripError } from '@cantrip/errors';
import { namesCheck } from './checks/argument-checks.ts';

/**
 * Returns the devices of the list that can be opened here. An absent device is reported on standard error. If
 * CANTRIP_REQUIRE names it, that is an error.
 *
 * @throws CantripError OPTION_INVALID, DEVICE_UNKNOWN; DEVICE_ABSENT for a device that CANTRIP_REQUIRE names
 * @example
 * ```ts
 * describe.each(await presentDevices(['cpu', 'wasm', 'tensorflow']))('on %s', (device) => { … });
 * ```
 */
export async function presentDevices(names: readonly DeviceName[]): Promise<readonly DeviceName[]> {
  checkArgument('presentDevices', 'names', namesCheck, names);
  const required = (process.env['CANTRIP_REQUIRE'] ?? '').split(',').map((name) => name.trim());
  const present: DeviceName[] = [];
  for (const name of names) {
    try {
      await openDevice(name);
      present.push(name);
    } catch (error) {
      // A misspelt name would leave out all tests.
      if (required.includes(name) || !isCantripError(error) || error.code === 'DEVICE_UNKNOWN') throw error;
      process.stderr.write(`device ${name} is absent, its tests are left out: ${error.message}\n`);
    }
  }
  return present;
}
