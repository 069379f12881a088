import { type DeviceDiagnosis, diagnose } from '@cantrip/core-tensor-gpu';
import type { Stage } from './stage.ts';
import { oneFailed, onePassed, oneSkipped, sum, type Tally } from './tally.ts';

const alwaysReported = ['tensorflow', 'wasm', 'cpu'];

/** Which devices this machine has; `CANTRIP_REQUIRE=tensorflow,wasm` makes their absence a failure. */
export function deviceStage(present: Map<string, string>): Stage {
  // A chromium is no device: the stage of packed packages looks for it.
  const required = (process.env['CANTRIP_REQUIRE'] ?? '')
    .split(',')
    .filter((name) => name !== '' && name !== 'chromium');
  return {
    name: 'devices',
    run: async () => {
      const { devices } = await diagnose();
      for (const device of devices) {
        if (device.available) present.set(device.name, device.description.version);
      }
      const names = new Set([...required, ...alwaysReported]);
      return sum([...names].map((name) => report(name, devices, required.includes(name))));
    },
  };
}

function report(name: string, devices: readonly DeviceDiagnosis[], isRequired: boolean): Tally {
  const device = devices.find((candidate) => candidate.name === name);
  if (device?.available) {
    console.log(`${name}: present, ${device.description.version}`);
    return onePassed;
  }
  const reason = device?.reason ?? 'there is no device of that name';
  const fix = device?.fix === undefined ? '' : ` (to get it: ${device.fix})`;
  console.log(`${name}: ${isRequired ? 'REQUIRED, but absent' : 'skipped'}: ${reason}${fix}`);
  return isRequired ? oneFailed : oneSkipped;
}
