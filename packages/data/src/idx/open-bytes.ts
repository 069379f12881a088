import type { FileHandle } from 'node:fs/promises';
import { nodeModule } from '../source/node-module.ts';
import { badFile } from './idx-header.ts';
import { openFile } from './open-file.ts';

/** Reads the bytes of a file from its start to its end, unpacked if they are compressed. */
export interface Bytes {
  readonly isCompressed: boolean;
  /** The size of the file on disk, in bytes. */
  readonly fileSize: number;
  /** Fills `target` and returns the number of bytes read. It is smaller than requested only at the end. */
  fill(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

const chunkSize = 1 << 20;

/** Opens a file for reading in pieces. Its content decides whether it is unpacked as gzip, not its name. */
export async function openBytes(path: string): Promise<Bytes> {
  const { file, status } = await openFile(path);
  try {
    const isCompressed = await beginsAsGzip(path, file);
    const chunks = readChunks(path, file, isCompressed);
    const close = async (): Promise<void> => {
      // This comes before the file is closed, because a pending read still uses it.
      await chunks.return(undefined);
      await file.close();
    };
    return { isCompressed, fileSize: status.size, fill: filler(chunks), close };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function beginsAsGzip(path: string, file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* readChunks(
  path: string,
  file: FileHandle,
  isCompressed: boolean,
): AsyncGenerator<Uint8Array> {
  const packed = file.createReadStream({ start: 0, highWaterMark: chunkSize, autoClose: false });
  const { pipeline } = nodeModule('stream');
  const { createGunzip } = nodeModule('zlib');
  // `pipeline` passes an error of the file to the reader of the unpacked bytes. Its callback has nothing to add.
  const bytes = isCompressed ? pipeline(packed, createGunzip({ chunkSize }), () => undefined) : packed;
  try {
    for await (const chunk of bytes) yield chunk as Uint8Array;
  } catch (cause) {
    if (!isCompressed) throw unreadable(path, cause);
    throw badFile(path, `is a damaged gzip file (${reasonOf(cause)})`, cause);
  }
}

function unreadable(path: string, cause: unknown): Error {
  return badFile(path, `cannot be read (${reasonOf(cause)})`, cause);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function filler(chunks: AsyncGenerator<Uint8Array>): (target: Uint8Array) => Promise<number> {
  let rest: Uint8Array = new Uint8Array(0);
  return async (target) => {
    let filled = 0;
    while (filled < target.length) {
      if (rest.length === 0) {
        const next = await chunks.next();
        if (next.done === true) break;
        rest = next.value;
      }
      const part = rest.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
    }
    return filled;
  };
}
