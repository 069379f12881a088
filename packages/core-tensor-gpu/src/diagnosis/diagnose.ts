import { type DeviceDescription, type DeviceName, deviceNames } from '../device/device.ts';
import { hostMemory, processorName, threadCount } from '../device/hardware.ts';
import { type LibraryCandidate, libraryCandidates } from '../native/library/find-library.ts';
import { storedChoices, type StoredFile, tuningFolder } from '../tuning/tuning-store.ts';
import { probeDevice } from './probe-device.ts';

/** One device, as `cantrip doctor` prints it. */
export type DeviceDiagnosis =
  | { readonly name: DeviceName; readonly available: true; readonly description: DeviceDescription }
  | { readonly name: DeviceName; readonly available: false; readonly reason: string; readonly fix?: string };

export interface Diagnosis {
  /** E.g. `20.19.0`. */
  readonly node: string;
  /** E.g. `linux-x64`. */
  readonly platform: string;
  readonly hardware: string;
  readonly threads: number;
  /** Memory that this process may use, in bytes. */
  readonly memory: number;
  /** Best first; `auto` takes the first available one. */
  readonly devices: readonly DeviceDiagnosis[];
  /**
   * Why training would fail before its first step, e.g. because CANTRIP_TENSORFLOW is a wrong path; missing if
   * training would run.
   */
  readonly refusal?: { readonly reason: string; readonly fix?: string };
  /** The places searched for TensorFlow, best first. */
  readonly libraries: readonly LibraryCandidate[];
  /** The results of `measure` of `@cantrip/cudnn-tuner`, newest first, and their folder. */
  readonly tuning: { readonly folder: string; readonly files: readonly StoredFile[] };
}

/**
 * Opens every device in a separate process. Reports which are present, and what each absent one needs.
 *
 * @example
 * ```ts
 * const { devices } = await diagnose();
 * devices[0]; // { name: 'cuda', available: false, reason: "the NVIDIA driver's libcuda.so.1 does not load (…)" }
 * ```
 */
export async function diagnose(): Promise<Diagnosis> {
  const training = await probeDevice('auto');
  return {
    ...('reason' in training && { refusal: training }),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    hardware: processorName(),
    threads: threadCount(),
    memory: hostMemory(),
    devices: await Promise.all(deviceNames.map(diagnoseDevice)),
    libraries: await libraryCandidates(),
    tuning: { folder: tuningFolder(), files: storedChoices() },
  };
}

async function diagnoseDevice(name: DeviceName): Promise<DeviceDiagnosis> {
  const finding = await probeDevice(name);
  return 'description' in finding
    ? { name, available: true, description: finding.description }
    : { name, available: false, ...finding };
}
