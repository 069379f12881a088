import { CantripError } from '@cantrip/errors';
import type { DeviceName } from './device.ts';

type Environment = Readonly<Record<string, string>>;

/** What the native library could read when it loaded; undefined until it has. */
let readByLibrary: Readonly<Record<string, string | undefined>> | undefined;

/** Notes the environment at the moment when the native library loads: later changes reach it no more. */
export function environmentIsRead(): void {
  readByLibrary ??= { ...process.env };
}

/**
 * Sets variables that the native library reads once, when it loads.
 *
 * @throws CantripError ENVIRONMENT_TOO_LATE where it has loaded already and saw another value
 */
export function requireEnvironment(device: DeviceName, wanted: Environment): void {
  // wasm and cpu read none of it; but TensorFlow may be opened after them.
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
    what: `${name} must be ${wanted}, but TensorFlow has loaded already and saw ${actual ?? 'it unset'}`,
    fix: `Open the device with this environment before anything else opens it, or start the process with ${name}=${wanted}`,
  });
}
