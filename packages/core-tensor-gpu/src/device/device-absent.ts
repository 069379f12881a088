import { CantripError } from '@cantrip/errors';
import type { DeviceName } from './device.ts';

/** Why a device is not there: its parts are kept apart, because `describe()` and `cantrip doctor` print them so. */
export class DeviceAbsent extends CantripError {
  /** One sentence without its full stop. */
  readonly reason: string;
  /** A command that would make it available, where there is one. */
  readonly remedy: string | undefined;

  constructor(
    device: DeviceName,
    { reason, remedy, cause }: { reason: string; remedy?: string; cause?: unknown },
  ) {
    super('DEVICE_ABSENT', {
      who: device,
      what: `this device cannot be opened: ${reason}`,
      fix:
        remedy === undefined ? "Ask for 'auto' to get the best device that is present" : `Run \`${remedy}\``,
      cause,
    });
    this.reason = reason;
    this.remedy = remedy;
  }
}
