import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Properties of a file that change with its content and are fast to read. */
export interface FileState {
  /** The size in bytes. */
  readonly size: number;
  /** The time of the last change, in nanoseconds since 1970. It does not fit into a number, so it is a string. */
  readonly modified: string;
  /** The inode: the number of the file in its file system. */
  readonly inode: string;
}

/** The state of a file or of a link's target; undefined if it is missing or not a regular file. */
export function fileState(path: string): FileState | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  return { size: Number(found.size), modified: String(found.mtimeNs), inode: String(found.ino) };
}

/** Whether two states are equal. */
export function isSameState(one: FileState, other: FileState): boolean {
  return one.size === other.size && one.modified === other.modified && one.inode === other.inode;
}

/** SHA-256 of a file in hexadecimal digits. It takes about half a second for TensorFlow. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** SHA-256 of a string. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
