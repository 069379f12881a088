import fs, { type FileHandle } from 'node:fs/promises';

/** A file that only grows. */
export interface AppendFile {
  /** Adds bytes. If it fails, a later call writes over what was written in part. */
  append(text: string): Promise<void>;
  /** Waits until the disk has it. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a file and cuts it to a number of bytes. */
export async function openAppendFile(path: string, size: number): Promise<AppendFile> {
  const file: FileHandle = await fs.open(path, size === 0 ? 'w' : 'r+');
  await file.truncate(size);
  let end = size;
  return {
    async append(text) {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length;) {
        // At its place, so that a second try writes over a torn line.
        done += (await file.write(bytes, done, bytes.length - done, end + done)).bytesWritten;
      }
      end += bytes.length;
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}
