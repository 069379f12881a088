import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What changes with a file, and costs nothing to ask. */
export interface FileState {
  /** Bytes. */
  readonly size: number;
  /** When it was last written: nanoseconds since 1970, which are too many for a number. */
  readonly modified: string;
  /** Its number in its file system. */
  readonly inode: string;
}

/** The state of a file, or of the one that a link leads to; undefined where there is none, or no plain file. */
export function fileState(path: string): FileState | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!found?.isFile()) return undefined;
  return { size: Number(found.size), modified: String(found.mtimeNs), inode: String(found.ino) };
}

/** Whether nothing tells of a change. */
export function isSameState(one: FileState, other: FileState): boolean {
  return one.size === other.size && one.modified === other.modified && one.inode === other.inode;
}

/** SHA-256 of all bytes of a file, in hexadecimal digits: some half a second for TensorFlow. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** SHA-256 of a text. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
