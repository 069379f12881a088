import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { isCantripError } from '@cantrip/errors';

/**
 * Those of the named devices that can be opened here. One that can't is reported on standard error, and is an error
 * when CANTRIP_REQUIRE names it.
 */
export async function presentDevices(names: readonly DeviceName[]): Promise<readonly DeviceName[]> {
  const required = (process.env['CANTRIP_REQUIRE'] ?? '').split(',').map((name) => name.trim());
  const present: DeviceName[] = [];
  for (const name of names) {
    try {
      await openDevice(name);
      present.push(name);
    } catch (error) {
      if (required.includes(name) || !isCantripError(error)) throw error;
      process.stderr.write(`device ${name} is absent, its tests are left out: ${error.message}\n`);
    }
  }
  return present;
}
