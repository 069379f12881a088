import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { CantripError } from '@cantrip/errors';
import { checkPath } from './check-path.ts';

/** The maximum size in bytes of the files that this package reads. A larger file is something else. */
const mostBytes = 16 * 2 ** 20;

/**
 * Reads the text of a small ordinary file. Reading a pipe could wait forever, and a device could have no end. Both
 * are refused, and so are files larger than 16 MiB.
 *
 * @throws CantripError OPTION_INVALID; DATA_NOT_FOUND if there is no such file or it cannot be read, with the error
 *   of the file system as its cause
 * @example
 * ```ts
 * readOrdinaryFile('package.json').slice(0, 1); // {
 * ```
 */
export function readOrdinaryFile(path: string): string {
  checkPath('readOrdinaryFile', path);
  try {
    return ordinaryText(path);
  } catch (cause) {
    throw new CantripError('DATA_NOT_FOUND', {
      who: 'readOrdinaryFile',
      what: `${path} cannot be read (${(cause as Error).message})`,
      fix: 'Pass the path of an ordinary file that this process may read',
      cause,
    });
  }
}

/**
 * Does the same as {@link readOrdinaryFile}, but throws the errors of the file system: EINVAL for a file that is not
 * ordinary, EFBIG for one that is too large.
 */
export function ordinaryText(path: string): string {
  // Windows has neither this flag nor pipes among its files.
  const withoutWaiting = (constants.O_NONBLOCK as number | undefined) ?? 0;
  const file = openSync(path, constants.O_RDONLY | withoutWaiting);
  try {
    const status = fstatSync(file);
    if (status.isDirectory()) throw refusal('EISDIR', `${path} is a folder`);
    if (!status.isFile()) throw refusal('EINVAL', `${path} is a pipe or a device`);
    if (status.size > mostBytes) throw refusal('EFBIG', `${path} has ${status.size} bytes`);
    return readAll(file);
  } finally {
    closeSync(file);
  }
}

/** Reads to the end. The file may grow meanwhile, and files of the kernel report a size of 0. */
function readAll(file: number): string {
  const parts: Buffer[] = [];
  for (let bytes = 0; bytes <= mostBytes;) {
    const part = Buffer.alloc(1 << 16);
    const length = readSync(file, part, 0, part.length, null);
    if (length === 0) break;
    parts.push(part.subarray(0, length));
    bytes += length;
  }
  return Buffer.concat(parts).toString('utf8');
}

function refusal(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
