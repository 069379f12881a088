import type { DeviceDescription, DeviceName } from '../device/device.ts';
import type { LibraryCandidate } from '../native/find-library.ts';

/** One device, as `cantrip doctor` prints it. */
export type DeviceDiagnosis =
  | { readonly name: DeviceName; readonly available: true; readonly description: DeviceDescription }
  | { readonly name: DeviceName; readonly available: false; readonly reason: string; readonly fix?: string };

export interface Diagnosis {
  readonly node: string;
  readonly platform: string;
  readonly hardware: string;
  readonly threads: number;
  readonly memory: number;
  /** Best first; `auto` takes the first one that is available. */
  readonly devices: readonly DeviceDiagnosis[];
  readonly libraries: readonly LibraryCandidate[];
}

/** Tries every device in a process of its own and tells what there is, and what each missing one needs. */
export function diagnose(): Promise<Diagnosis> {
  return Promise.reject(new Error('not written yet'));
}
