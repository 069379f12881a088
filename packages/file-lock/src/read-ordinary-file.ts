import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { CantripError, describe } from '@cantrip/errors';

/** What the files are long at most that tell who works, in bytes: whatever is longer is something else. */
const mostBytes = 16 * 2 ** 20;

/**
 * The text of a small ordinary file. A pipe in its place would be waited for without an end, and a device could have none:
 * both are refused, and so is what is longer than 16 MiB.
 *
 * @throws CantripError OPTION_INVALID; DATA_NOT_FOUND where there is no such file or it can't be read, with the file system's
 *   error as its cause
 * @example
 * ```ts
 * readOrdinaryFile('package.json').slice(0, 1); // {
 * ```
 */
export function readOrdinaryFile(path: string): string {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw notPath(path);
  try {
    return ordinaryText(path);
  } catch (cause) {
    throw new CantripError('DATA_NOT_FOUND', {
      who: 'readOrdinaryFile',
      what: `${path} can't be read (${(cause as Error).message})`,
      fix: 'Give the path of an ordinary file that this process may read',
      cause,
    });
  }
}

/** The same, with the file system's own errors; EINVAL for what is no ordinary file, EFBIG for what is too long. */
export function ordinaryText(path: string): string {
  // Windows has neither the flag nor pipes among its files.
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

/** To its end: what is read may grow meanwhile, and files of the kernel tell a size of 0. */
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

function notPath(received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'readOrdinaryFile',
    what: `path must be the path of a file, got ${describe(received)}`,
    fix: 'Give a path as a text',
  });
}
