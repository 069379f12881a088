import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename } from 'node:path';

/** Which process: a number alone is given again, at the latest after the next start of the machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started: on Linux in ticks since the machine did, elsewhere in milliseconds since 1970, to a second or two. */
  readonly started: number;
  readonly host: string;
  /** Linux's name for this run of the machine; empty elsewhere. */
  readonly boot: string;
  /** Linux's name for what its number counts in: a container counts anew. Empty elsewhere. */
  readonly namespace: string;
}

/** Whether a process still runs, as far as this one can know. */
export type Liveness = 'alive' | 'gone' | 'unknown';

/** Milliseconds by which two tellings of one start may differ where the system does not tell it. */
const tolerance = 3000;

/** This process. */
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
 * Whether a process still runs. On Linux its start decides, so that a number that was given again deceives nobody; elsewhere
 * any process of that number counts as alive, but for this one, which knows when it started. A process of another machine,
 * or of another container on this one, cannot be seen: `unknown`.
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
 * Whether the holder of a lock that tells a number alone still runs: a process of that number that is another program, or
 * that started after the lock was written, is another one.
 */
export function livenessOfNumber(pid: number, written: number): Liveness {
  // Its writer would not ask.
  if (!isRunning(pid) || pid === process.pid) return 'gone';
  const start = startOf(pid);
  const boot = Number(/^btime (\d+)$/m.exec(textOf('/proc/stat'))?.[1]);
  if (start !== undefined && boot > 0 && boot * 1000 + start * 10 > written + tolerance) return 'gone';
  const program = programOf(pid);
  return program !== '' && program !== basename(process.execPath) ? 'gone' : 'alive';
}

/** Field 22 of Linux's `stat`; undefined on other systems and where there is no such process. */
function startOf(pid: number | 'self'): number | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  // The program's name stands in brackets and may hold anything, brackets and blanks too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // What has ended and was not yet asked for its end holds nothing any more.
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
  // Of another user's process the link can't be read.
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
