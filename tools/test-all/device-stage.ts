import { type DeviceDiagnosis, diagnose } from '@cantrip/core-tensor-gpu';
import type { Stage } from './stage.ts';
import { findTestPython } from '../python-peers/test-python.ts';
import { oneFailed, onePassed, oneSkipped, sum, type Tally } from './tally.ts';

const alwaysReported = ['tensorflow', 'wasm', 'cpu'];

/** Which devices this machine has; `CANTRIP_REQUIRE=tensorflow,wasm` makes their absence a failure. */
export function deviceStage(present: Map<string, string>): Stage {
  // A chromium and a Python are no devices. The stage of packed packages looks for the chromium.
  const asked = (process.env['CANTRIP_REQUIRE'] ?? '').split(',');
  const required = asked.filter((name) => !['', 'chromium', 'python'].includes(name));
  return {
    name: 'devices',
    run: async () => {
      const { devices } = await diagnose();
      for (const device of devices) {
        if (device.available) present.set(device.name, device.description.version);
      }
      const names = new Set([...required, ...alwaysReported]);
      return sum([
        ...[...names].map((name) => report(name, devices, required.includes(name))),
        reportPython(asked.includes('python')),
      ]);
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

/** The Python packages that tests compare with. */
function reportPython(isRequired: boolean): Tally {
  const python = findTestPython();
  if (python !== undefined) {
    console.log(`python: present, ${python}`);
    return onePassed;
  }
  console.log(
    `python: ${isRequired ? 'REQUIRED, but absent' : 'skipped'} (to get it: npm run test:install-python)`,
  );
  return isRequired ? oneFailed : oneSkipped;
}
