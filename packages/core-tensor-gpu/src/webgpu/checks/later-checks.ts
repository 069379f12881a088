import type { TypedArray, TensorInfo } from '@tensorflow/tfjs-core';
import type { Gpu } from '../programs/program.ts';

/** Checks whose numbers are still on their way from the GPU, and the first error of those that came. */
interface Checks {
  readonly waiting: Set<Promise<void>>;
  error?: Error;
}

const all = new WeakMap<object, Checks>();

/**
 * Checks the values of a tensor without waiting for the GPU. Values that are on the host are checked at once.
 * Otherwise the next read of any tensor throws what `check` throws.
 */
export function checkLater(backend: unknown, tensor: TensorInfo, check: (values: TypedArray) => void): void {
  const gpu = backend as Gpu;
  const { values, resource } = gpu.tensorMap.get(tensor.dataId)!;
  if (values) return check(values);
  if (!resource) return;
  const checks = checksOf(gpu);
  // The copy is in the queue of the GPU before this returns, so the tensor may be disposed of.
  const waiting = gpu
    .getBufferData(resource)
    .then((buffer) => check(new Int32Array(buffer)))
    .catch((error: Error) => void (checks.error ??= error))
    .finally(() => checks.waiting.delete(waiting));
  checks.waiting.add(waiting);
}

/** Waits for the checks of what was computed so far. @throws what the first of them that failed has thrown */
export async function finishChecks(backend: object): Promise<void> {
  const checks = checksOf(backend);
  await Promise.all(checks.waiting);
  const { error } = checks;
  delete checks.error;
  if (error !== undefined) throw error;
}

function checksOf(backend: object): Checks {
  const known = all.get(backend);
  if (known) return known;
  const checks: Checks = { waiting: new Set() };
  all.set(backend, checks);
  return checks;
}
