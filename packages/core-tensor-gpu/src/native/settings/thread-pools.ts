import type { DeviceName } from '../../device/device.ts';
import { requireCEnvironment } from '../api/c-environment.ts';
import { isTurnedOff, ownPools } from './step-threads.ts';

/**
 * Gives each context threads of its own, before TensorFlow loads. Otherwise all contexts would share the threads of the
 * first. A value that the user has set stays.
 */
export function requirePoolsOfContexts(device: DeviceName): void {
  if (isTurnedOff()) return;
  process.env[ownPools] ??= 'true';
  requireCEnvironment(device, { [ownPools]: process.env[ownPools] });
}
