import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { isCantripError } from '@cantrip/errors';

/**
 * Returns the devices of the list that can be opened here. An absent device is reported on standard error. If
 * CANTRIP_REQUIRE names it, that is an error.
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
