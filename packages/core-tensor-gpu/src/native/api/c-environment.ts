import koffi, { type LibraryHandle } from 'koffi';
import type { DeviceName } from '../../device/device.ts';
import { environmentTooLate } from '../../device/environment.ts';

/**
 * Checks that C code sees these variables. In a worker thread, `process.env` is a copy that C code does not see.
 *
 * @throws CantripError ENVIRONMENT_TOO_LATE if a variable cannot be set
 */
export function requireCEnvironment(device: DeviceName, wanted: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (cVariable(name) !== value) setCVariable(name, value);
    const actual = cVariable(name);
    if (actual !== value) throw environmentTooLate(device, name, value, actual);
  }
}

/** The value of a variable that C code sees. */
export function cVariable(name: string): string | undefined {
  return (cFunction('getenv', 'str', ['str'])(name) as string | null) ?? undefined;
}

function setCVariable(name: string, value: string): void {
  if (process.platform === 'win32') cFunction('_putenv_s', 'int', ['str', 'str'])(name, value);
  else cFunction('setenv', 'int', ['str', 'str', 'int'])(name, value, 1);
}

function cFunction(name: string, result: string, parameters: string[]): ReturnType<LibraryHandle['func']> {
  return koffi.load(process.platform === 'win32' ? 'msvcrt.dll' : null).func(name, result, parameters);
}
