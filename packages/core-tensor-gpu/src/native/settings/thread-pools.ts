import { availableParallelism } from 'node:os';
import type { DeviceName } from '../../device/device.ts';
import { requireCEnvironment } from '../api/c-environment.ts';

const ownPools = 'TF_OVERRIDE_GLOBAL_THREADPOOL';

/**
 * Gives each context threads of its own, before TensorFlow loads. Otherwise all contexts would share the threads of the
 * first. A value that the user has set stays.
 */
export function requirePoolsOfContexts(device: DeviceName): void {
  if (isTurnedOff()) return;
  process.env[ownPools] ??= 'true';
  requireCEnvironment(device, { [ownPools]: process.env[ownPools] });
}

const isTurnedOff = (): boolean => process.env['CANTRIP_STEP_THREADS'] === 'all';

/** Why every step uses all threads in an op, whatever its work is; undefined if a step may use one. */
export function whyAllThreads(device: string): string | undefined {
  if (device === 'GPU') return 'the device is a GPU';
  if (isTurnedOff()) return 'CANTRIP_STEP_THREADS is all';
  const chosen = process.env['TF_NUM_INTRAOP_THREADS'];
  if (Number(chosen ?? 0) !== 0) return `TF_NUM_INTRAOP_THREADS is ${chosen}`;
  if (process.env[ownPools] !== 'true') return `${ownPools} is ${process.env[ownPools] ?? 'not set'}`;
  if (availableParallelism() === 1) return 'this process has one processor core';
  return undefined;
}
