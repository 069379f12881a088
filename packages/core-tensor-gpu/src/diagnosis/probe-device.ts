import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DeviceDescription, DeviceName } from '../device/device.ts';

/** The finding of a process that opened a device: the device, or why it is absent. */
export type Finding =
  | {
      readonly description: DeviceDescription;
      readonly step?: { readonly before: number; readonly after: number };
    }
  | { readonly reason: string; readonly fix?: string };

export interface ProbeOptions {
  /** Whether to also train a step. */
  readonly train?: boolean;
  /** The library to open instead of the one that would be found. */
  readonly library?: string;
}

/** Opens a device in a separate process, because opening may crash. */
export async function probeDevice(
  name: DeviceName | 'auto',
  { train = false, library }: ProbeOptions = {},
): Promise<Finding> {
  const child = spawn(process.execPath, [...program(), name, ...(train ? ['--train'] : [])], {
    env: { ...process.env, ...(library !== undefined && { CANTRIP_TENSORFLOW: library }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.on('error', (error) => resolve(error.message));
  });
  const [output, complaint, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  try {
    return JSON.parse(output) as Finding;
  } catch {
    const last = complaint.trim().split('\n').at(-1);
    return { reason: `the process that opened it ended with ${end}${last ? ` (${last})` : ''}` };
  }
}

/** The compiled program is next to this file in dist. For source files, tsx runs it. */
function program(): string[] {
  const built = fileURLToPath(new URL('./probe.js', import.meta.url));
  if (existsSync(built)) return [built];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const source = fileURLToPath(new URL('./probe.ts', import.meta.url));
  return ['--conditions=@cantrip/source', `--import=${tsx}`, source];
}
