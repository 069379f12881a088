import { type Device, DeviceAbsent, type DeviceName, openDevice } from '../src/index.ts';

/**
 * Opens a device for a test file, which leaves its tests out (`describe.skipIf`) where this gives undefined.
 *
 * An absent device is reported, and is a failure where CANTRIP_REQUIRE names it.
 */
export async function requireDevice(name: DeviceName): Promise<Device | undefined> {
  try {
    return await openDevice(name);
  } catch (error) {
    const required = (process.env['CANTRIP_REQUIRE'] ?? '').split(',').includes(name);
    if (required || !(error instanceof DeviceAbsent)) throw error;
    process.stderr.write(`${name} is absent: ${error.absence.reason}\n`);
    return undefined;
  }
}
