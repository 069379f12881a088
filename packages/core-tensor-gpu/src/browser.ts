import { needsNode } from './device/needs-node.ts';

/**
 * Bundlers for browsers use this file in place of `index.ts`. It exports the same names. Each function throws an error that says
 * that it needs Node.
 */
export const captureStep: () => never = needsNode('captureStep');
export const diagnose: () => never = needsNode('diagnose');
export const failedInCall: () => never = needsNode('failedInCall');
export const findLibrary: () => never = needsNode('findLibrary');
export const installRuntime: () => never = needsNode('installRuntime');
export const openDevice: () => never = needsNode('openDevice');
export const openedDevice: () => never = needsNode('openedDevice');
export const stoppedRecording: () => never = needsNode('stoppedRecording');
export const whyNoBfloat16: () => never = needsNode('whyNoBfloat16');
export const whyNoCapture: () => never = needsNode('whyNoCapture');
export { DeviceAbsent } from './device/device-absent.ts';
export { deviceNames, experimentalDeviceNames } from './device/device.ts';
