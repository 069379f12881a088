import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { CantripError } from '@cantrip/errors';
import { nodeModule } from '../source/node-module.ts';

/**
 * Opens an ordinary file for reading.
 *
 * Opening a pipe would wait for a writer, and block one of the few threads that read files. So the file is opened
 * without waiting, then refused if it is a pipe, a socket or a device.
 *
 * @throws CantripError DATA_NOT_FOUND
 */
export async function openFile(path: string): Promise<{ readonly file: FileHandle; readonly status: Stats }> {
  const { constants } = nodeModule('fs');
  const { open } = nodeModule('fs/promises');
  // Windows has neither this flag nor pipes among its files.
  const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0;
  const file = await open(path, constants.O_RDONLY | withoutWaiting).catch((cause: unknown) => {
    throw notReadable(path, cause);
  });
  try {
    const status = await file.stat();
    if (status.isDirectory()) throw isFolder(path);
    if (!status.isFile()) throw notOrdinary(path, kindOf(status));
    return { file, status };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Says what an entry of a folder is. */
export function kindOf(status: Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  return status.isSocket() ? 'a socket' : 'a device';
}

function notReadable(path: string, cause: unknown): CantripError {
  const code = (cause as NodeJS.ErrnoException).code;
  // Linux reports this code for a socket.
  if (code === 'ENXIO') return notOrdinary(path, 'a socket');
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what:
      code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be opened (${code ?? String(cause)})`,
    fix: 'Pass the path of a file that this process may read',
    cause,
  });
}

function isFolder(path: string): CantripError {
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what: `${path} must be a file, but it is a folder`,
    fix: 'Pass the path of one file, or read the folder with readIdxFolder',
  });
}

function notOrdinary(path: string, kind: string): CantripError {
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what: `${path} must be a file, but it is ${kind}`,
    fix: 'Write its content to a file, and pass the path of that file',
  });
}
