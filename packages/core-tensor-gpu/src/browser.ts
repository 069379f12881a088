import { CantripError } from '@cantrip/errors';

/**
 * What a bundler for browsers takes in the place of `index.ts`: the same names, each of which says that it needs Node.
 * Whoever trains in a browser never calls them.
 */
export const captureStep: () => never = refusing('captureStep');
export const diagnose: () => never = refusing('diagnose');
export const failedInCall: () => never = refusing('failedInCall');
export const findChoice: () => never = refusing('findChoice');
export const findLibrary: () => never = refusing('findLibrary');
export const forgetLast: () => never = refusing('forgetLast');
export const hashOf: () => never = refusing('hashOf');
export const installRuntime: () => never = refusing('installRuntime');
export const lastChoice: () => never = refusing('lastChoice');
export const libraryFile: () => never = refusing('libraryFile');
export const openDevice: () => never = refusing('openDevice');
export const openedDevice: () => never = refusing('openedDevice');
export const rememberLast: () => never = refusing('rememberLast');
export const stoppedRecording: () => never = refusing('stoppedRecording');
export const storeChoice: () => never = refusing('storeChoice');
export const storedChoices: () => never = refusing('storedChoices');
export const tuningFolder: () => never = refusing('tuningFolder');
export const whyNoCapture: () => never = refusing('whyNoCapture');
export { DeviceAbsent } from './device/device-absent.ts';
export { deviceNames } from './device/device.ts';

function refusing(who: string): () => never {
  return () => {
    throw new CantripError('DEVICE_ABSENT', {
      who,
      what: 'the devices of @cantrip/core-tensor-gpu need Node, and this is a browser',
      fix: "Train on a backend of TensorFlow.js: createTrainer({ device: await backendDevice() }), from '@cantrip/ops'",
    });
  };
}
