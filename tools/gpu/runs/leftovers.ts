import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Remembers the process of the run that is under way, in case that the kit is killed before the run ends. */
export interface Leftovers {
  add(pid: number): void;
  clear(): void;
}

const fileIn = (folder: string): string => join(folder, 'begun', 'process');

export function leftoversIn(folder: string): Leftovers {
  const file = fileIn(folder);
  return {
    add(pid) {
      mkdirSync(join(folder, 'begun'), { recursive: true });
      writeFileSync(file, `${pid} ${startOf(pid)}`);
    },
    clear: () => rmSync(file, { force: true }),
  };
}

/**
 * Ends the run that a kit has left when it was killed, with everything that the run started. Otherwise it would keep the
 * card's memory and slow the next runs down.
 */
export function endLeftovers(folder: string): void {
  const file = fileIn(folder);
  if (!existsSync(file)) return;
  const [pid, start] = readFileSync(file, 'utf8').split(' ');
  rmSync(file, { force: true });
  // Another process may have the number now.
  if (start === undefined || start === '' || startOf(Number(pid)) !== start) return;
  try {
    process.kill(-Number(pid), 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/** When a process began, in ticks since the start of the machine; empty if there is none. */
function startOf(pid: number): string {
  try {
    // The name of the program, in brackets, may have blanks.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
