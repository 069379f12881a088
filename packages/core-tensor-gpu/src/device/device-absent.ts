import { CantripError } from '@cantrip/errors';
import type { DeviceName } from './device.ts';

/** Why a device is not there, and what to do about it. */
export interface Absence {
  /** One sentence without its full stop. */
  readonly reason: string;
  /** A command that would make it available, where there is one. */
  readonly command?: string;
  /** What to do where no command of ours helps: one sentence without its full stop. */
  readonly advice?: string;
  readonly cause?: unknown;
}

/** The error of a device that is not there. Its parts stay apart: `describe()` and `cantrip doctor` print them so. */
export class DeviceAbsent extends CantripError {
  readonly absence: Absence;

  constructor(device: DeviceName, absence: Absence) {
    const { reason, command, advice, cause } = absence;
    const fix =
      command === undefined
        ? (advice ?? "Ask for 'auto' to get the best device that is present")
        : `Run \`${command}\``;
    super('DEVICE_ABSENT', { who: device, what: `this device cannot be opened: ${reason}`, fix, cause });
    this.absence = absence;
  }
}
