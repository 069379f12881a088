import { availableParallelism } from 'node:os';
import type { DeviceName } from '../../device/device.ts';
import { requireCEnvironment } from '../api/c-environment.ts';

const ownPools = 'TF_OVERRIDE_GLOBAL_THREADPOOL';

/**
 * Gives each context threads of its own, before TensorFlow loads, where `CANTRIP_STEP_THREADS=auto` asks for it.
 * Otherwise all contexts share the threads of the first. A value that the user has set stays.
 */
export function requirePoolsOfContexts(device: DeviceName): void {
  if (!isAskedFor()) return;
  process.env[ownPools] ??= 'true';
  requireCEnvironment(device, { [ownPools]: process.env[ownPools] });
}

const isAskedFor = (): boolean => process.env['CANTRIP_STEP_THREADS'] === 'auto';

/** Whether a context may have another number of threads than the first: not where the user has set it. */
export function hasPoolsOfContexts(): boolean {
  const chosen = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? 0);
  return isAskedFor() && process.env[ownPools] === 'true' && chosen === 0 && availableParallelism() > 1;
}
