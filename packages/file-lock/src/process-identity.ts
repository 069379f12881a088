import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename } from 'node:path';

/**
 * The identity of a process. The number alone is not enough: it is reused, at the latest after a restart of the
 * machine.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /**
   * When it started. On Linux in ticks since the machine started; elsewhere in milliseconds since 1970, with an error
   * of a second or two.
   */
  readonly started: number;
  readonly host: string;
  /** Linux's id of the current boot of the machine; empty elsewhere. */
  readonly boot: string;
  /** Linux's id of the namespace of process numbers: each container has its own numbers. Empty elsewhere. */
  readonly namespace: string;
}

/** Whether a process still runs, as far as this process can know. */
export type Liveness = 'alive' | 'gone' | 'unknown';

/**
 * The largest difference in milliseconds between two measurements of the same start, if the system does not report
 * it.
 */
const tolerance = 3000;

/** Returns the identity of this process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    started: startOf('self') ?? Math.round(Date.now() - process.uptime() * 1000),
    host: hostname(),
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    namespace: namespaceOf('self'),
  };
}

/**
 * Whether a process still runs. On Linux its start time is compared, so a reused number is noticed. Elsewhere any
 * process with this number counts as alive, except for this process, which knows when it started. A process of
 * another machine, or of another container, cannot be seen: `unknown`.
 */
export function livenessOf(other: ProcessIdentity, here: ProcessIdentity = thisProcess()): Liveness {
  const sameRun = other.boot === here.boot && (other.boot !== '' || other.host === here.host);
  if (!sameRun) return other.host === here.host && other.boot !== '' && here.boot !== '' ? 'gone' : 'unknown';
  if (other.namespace !== here.namespace) return 'unknown';
  const start = startOf(other.pid);
  if (start !== undefined) return start === other.started ? 'alive' : 'gone';
  if (!isRunning(other.pid)) return 'gone';
  const isThis = other.pid === here.pid;
  return isThis && Math.abs(other.started - here.started) > tolerance ? 'gone' : 'alive';
}

/**
 * Whether the holder of a lock that names only a number still runs. A process with this number is another one if it
 * is another program, or if it started after the lock was written.
 */
export function livenessOfNumber(pid: number, written: number): Liveness {
  // The writer of the lock would not ask about itself.
  if (!isRunning(pid) || pid === process.pid) return 'gone';
  const start = startOf(pid);
  const boot = Number(/^btime (\d+)$/m.exec(textOf('/proc/stat'))?.[1]);
  if (start !== undefined && boot > 0 && boot * 1000 + start * 10 > written + tolerance) return 'gone';
  const program = programOf(pid);
  return program !== '' && program !== basename(process.execPath) ? 'gone' : 'alive';
}

/** Field 22 of Linux's `stat`; undefined on other systems, and if there is no such process. */
function startOf(pid: number | 'self'): number | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  // The program's name is in parentheses. It may contain anything, also parentheses and spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // A process that has ended, but whose parent has not read its exit status, holds nothing any more.
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const start = Number(fields[19]);
  return text !== '' && Number.isFinite(start) ? start : undefined;
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid > 2 ** 31 - 1) return false;
  if (textOf(`/proc/${pid}/stat`) !== '' && startOf(pid) === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function namespaceOf(pid: 'self'): string {
  return linkOf(`/proc/${pid}/ns/pid`);
}

function programOf(pid: number): string {
  // The link of another user's process cannot be read.
  const path = linkOf(`/proc/${pid}/exe`) || (textOf(`/proc/${pid}/cmdline`).split('\0')[0] ?? '');
  return basename(path).replace(/ \(deleted\)$/, '');
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
