import type { captureStep, failedInCall, stoppedRecording, whyNoCapture } from '@cantrip/core-tensor-gpu';
import { isCantripError } from '@cantrip/errors';
import { type Device, registerChainedOps } from '@cantrip/ops';
import type { DeviceOption } from './device-option.ts';

/** What records a step and replays it as one call: part of `@cantrip/core-tensor-gpu`. */
export interface Recorder {
  readonly captureStep: typeof captureStep;
  readonly failedInCall: typeof failedInCall;
  readonly stoppedRecording: typeof stoppedRecording;
  readonly whyNoCapture: typeof whyNoCapture;
}

/** An open device, and what records steps on it where something can. */
export interface OpenedDevice {
  readonly device: Device;
  readonly recorder: Recorder | undefined;
}

/**
 * Opens a device by its name, or makes the given one current.
 *
 * `@cantrip/core-tensor-gpu` is loaded for a name only, and for a device of TensorFlow's, which it opened.
 */
export async function openTrainingDevice(
  wanted: DeviceOption,
  environment: Readonly<Record<string, string>>,
): Promise<OpenedDevice> {
  if (typeof wanted !== 'string' && wanted.name !== 'cuda' && wanted.name !== 'tensorflow') {
    // As openDevice does it: TensorFlow.js's own gradients call methods that tfjs-core alone lacks.
    registerChainedOps();
    wanted.use();
    return { device: wanted, recorder: undefined };
  }
  const core = await import('@cantrip/core-tensor-gpu');
  const name = (typeof wanted === 'string' ? wanted : wanted.name) as 'auto';
  return { device: await core.openDevice(name, { environment }), recorder: core };
}

/** What a closed device held is gone already. */
export function useIfOpen(device: Device): void {
  try {
    device.use();
  } catch (error) {
    if (!isCantripError(error) || error.code !== 'DEVICE_CLOSED') throw error;
  }
}
