import fs, { type FileHandle } from 'node:fs/promises';

/** What happens at one operation of the file system. */
export interface Fault {
  /** The number of the operation, from 0. */
  readonly at: number;
  readonly moment?: 'before' | 'after';
  /** `SIGKILL`, `short` for a write that takes some of the bytes, or the code of an error, e.g. `ENOSPC`. */
  readonly what: string;
  /** How many operations from there on fail; 1 by default. */
  readonly count?: number;
}

type Operation = (...args: never[]) => Promise<unknown>;

/** Dies as after `kill -9`: nothing of the process runs on. */
export function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

/**
 * Counts the operations of the file system of this process, and lets one of them fail.
 *
 * @returns the names of the operations so far
 */
export function installFaults(fault: Fault | undefined): readonly string[] {
  const names: string[] = [];

  const counted = (name: string, real: Operation): Operation =>
    (async (...args: never[]) => {
      const number = names.push(name) - 1;
      const { at = -1, count = 1, what = '', moment = 'before' } = fault ?? {};
      const isHit = number >= at && number < at + count && fault !== undefined;
      if (!isHit) return real(...args);
      if (what === 'short') return real(...shortened(name, args));
      if (what !== 'SIGKILL') throw Object.assign(new Error(`${what}: fault of the test`), { code: what });
      if (moment === 'after') await real(...args);
      return die();
    }) as Operation;

  const open = fs.open.bind(fs);
  Object.assign(fs, {
    async open(...args: Parameters<typeof open>): Promise<FileHandle> {
      const isRead = args[1] !== 'wx';
      const file = (await counted(
        isRead ? 'open to read' : 'open',
        open as Operation,
      )(...(args as unknown as never[]))) as FileHandle;
      for (const name of ['read', 'write', 'sync', 'close'] as const) {
        const real = file[name].bind(file) as Operation;
        Object.assign(file, { [name]: counted(name, real) });
      }
      return file;
    },
  });
  for (const name of ['mkdir', 'rename', 'rm', 'readdir', 'lstat'] as const) {
    const real = fs[name].bind(fs) as unknown as Operation;
    Object.assign(fs, { [name]: counted(name, real) });
  }
  return names;
}

/** The arguments of a write of a third of the bytes. */
function shortened(name: string, args: never[]): never[] {
  if (name !== 'write') return args;
  const [bytes, offset, length] = args as unknown as [Uint8Array, number, number];
  return [bytes, offset, Math.ceil(length / 3)] as unknown as never[];
}
