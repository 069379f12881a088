export { type CapturedStep, type CaptureOptions, captureStep, type Feeds } from './capture/capture-step.ts';
export { whyNoCapture } from './capture/device/capturing-backend.ts';
export { whyNoBfloat16 } from './capture/precision/check-precision.ts';
export type { NoBfloat16 } from './native/settings/bfloat16-support.ts';
export type { ProductShare } from './capture/precision/mixed-precision.ts';
export type { StepThreads } from './native/settings/step-threads.ts';
export type { RunOptions } from './capture/run-options.ts';
export { failedInCall, stoppedRecording } from './capture/failed-calls.ts';
export type { StepCode } from './capture/host/closure-values.ts';
export type { OwnValues, Place } from './capture/host/own-values.ts';
export type { Feed } from './capture/feeds.ts';
export {
  type Device,
  type DeviceDescription,
  type DeviceName,
  deviceNames,
  experimentalDeviceNames,
  type LibrarySettings,
  type OpenDeviceOptions,
  type PassedOver,
} from './device/device.ts';
export { type Absence, DeviceAbsent } from './device/device-absent.ts';
export { openDevice, openedDevice } from './opening/open-device.ts';
export { findLibrary, type LibraryCandidate } from './native/library/find-library.ts';
export { type Diagnosis, diagnose, type DeviceDiagnosis } from './diagnosis/diagnose.ts';
export {
  type InstalledRuntime,
  installRuntime,
  type InstallRuntimeOptions,
} from './install/install-runtime.ts';
