import { CantripError } from '@cantrip/errors';
import type { DeviceName } from './device.ts';

type Environment = Readonly<Record<string, string>>;

/** The environment when the native library loaded; undefined before. */
let readByLibrary: Readonly<Record<string, string | undefined>> | undefined;

/** Stores the environment at the moment when the native library loads. The library does not see later changes. */
export function environmentIsRead(): void {
  readByLibrary ??= { ...process.env };
}

/**
 * Sets variables that the native library reads once, when it loads.
 *
 * @throws CantripError ENVIRONMENT_TOO_LATE if it has already loaded and read another value
 */
export function requireEnvironment(device: DeviceName, wanted: Environment): void {
  // wasm and cpu do not read it, but TensorFlow may be opened later.
  const native = device === 'tensorflow' || device === 'cuda';
  if (readByLibrary !== undefined && !native) return;
  for (const [name, value] of Object.entries(wanted)) {
    if (readByLibrary === undefined) process.env[name] = value;
    else if (readByLibrary[name] !== value)
      throw environmentTooLate(device, name, value, readByLibrary[name]);
  }
}

export function environmentTooLate(
  device: DeviceName,
  name: string,
  wanted: string,
  actual: string | undefined,
): CantripError {
  return new CantripError('ENVIRONMENT_TOO_LATE', {
    who: device,
    what: `${name} must be ${wanted}, but TensorFlow has already loaded and read ${actual ?? 'no value'}`,
    fix: `Open the device with this environment before anything else opens it, or start the process with ${name}=${wanted}`,
  });
}
