import type {
  captureStep,
  failedInCall,
  stoppedRecording,
  whyNoBfloat16,
  whyNoCapture,
} from '@cantrip/core-tensor-gpu';
import { isCantripError } from '@cantrip/errors';
import { type Device, registerChainedOps } from '@cantrip/ops';
import type { DeviceOption } from './device-option.ts';

/** Records a step and replays it as one call. It is part of `@cantrip/core-tensor-gpu`. */
export interface Recorder {
  readonly captureStep: typeof captureStep;
  readonly failedInCall: typeof failedInCall;
  readonly stoppedRecording: typeof stoppedRecording;
  readonly whyNoBfloat16: typeof whyNoBfloat16;
  readonly whyNoCapture: typeof whyNoCapture;
}

/** An open device, and its recorder if it has one. */
export interface OpenedDevice {
  readonly device: Device;
  readonly recorder: Recorder | undefined;
}

/**
 * Opens a device by name, or makes an open device the current one.
 *
 * `@cantrip/core-tensor-gpu` is loaded only for a name, or for an open device of TensorFlow.
 */
export async function openTrainingDevice(
  wanted: DeviceOption,
  environment: Readonly<Record<string, string>>,
): Promise<OpenedDevice> {
  if (typeof wanted !== 'string' && wanted.name !== 'cuda' && wanted.name !== 'tensorflow') {
    // openDevice does this too: gradients of TensorFlow.js call methods that tfjs-core alone lacks.
    registerChainedOps();
    wanted.use();
    return { device: wanted, recorder: undefined };
  }
  const core = await import('@cantrip/core-tensor-gpu');
  const name = (typeof wanted === 'string' ? wanted : wanted.name) as 'auto';
  return { device: await core.openDevice(name, { environment }), recorder: core };
}

/** The tensors of a closed device are already gone. */
export function useIfOpen(device: Device): void {
  try {
    device.use();
  } catch (error) {
    if (!isCantripError(error) || error.code !== 'DEVICE_CLOSED') throw error;
  }
}
