import { CantripError } from '@cantrip/errors';
import type { DeviceName } from './device.ts';

/** Why a device is absent, and what to do. */
export interface Absence {
  /** One sentence without a full stop. */
  readonly reason: string;
  /** A command that makes the device available, if there is one. */
  readonly command?: string;
  /** What to do if no command of Cantrip helps: one sentence without a full stop. */
  readonly advice?: string;
  readonly cause?: unknown;
}

/**
 * The error of an absent device. It keeps its parts, because `describe()` and `cantrip doctor` print them
 * separately.
 */
export class DeviceAbsent extends CantripError {
  readonly absence: Absence;

  constructor(device: DeviceName, absence: Absence) {
    const { reason, command, advice, cause } = absence;
    const fix =
      command === undefined
        ? (advice ?? "Pass 'auto' to open the best device that is present")
        : `Run \`${command}\``;
    super('DEVICE_ABSENT', { who: device, what: `this device cannot be opened: ${reason}`, fix, cause });
    this.absence = absence;
  }
}
