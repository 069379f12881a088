import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CantripError } from '@cantrip/errors';
import { badFile } from './idx-header.ts';

/** The bytes of a file, unpacked if they are compressed, from its beginning to its end. */
export interface Bytes {
  readonly isCompressed: boolean;
  /** Bytes in the file, as it lies on the disk. */
  readonly fileSize: number;
  /** Fills `target` and returns how many bytes there were: fewer than asked for only at the end. */
  fill(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

const chunkSize = 1 << 20;

/** Opens a file, plain or gzip by its content and not by its name, to be read in pieces. */
export async function openBytes(path: string): Promise<Bytes> {
  const file = await open(path).catch((cause: unknown) => {
    throw notReadable(path, cause);
  });
  try {
    const status = await file.stat();
    if (status.isDirectory()) throw isFolder(path);
    const isCompressed = await beginsAsGzip(file);
    const chunks = readChunks(path, file, isCompressed);
    return { isCompressed, fileSize: status.size, fill: filler(chunks), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function beginsAsGzip(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

async function* readChunks(
  path: string,
  file: FileHandle,
  isCompressed: boolean,
): AsyncGenerator<Uint8Array> {
  const packed = file.createReadStream({ start: 0, highWaterMark: chunkSize, autoClose: false });
  // `pipeline` hands an error of the file on to whoever reads the unpacked bytes; its callback has nothing to add.
  const bytes = isCompressed ? pipeline(packed, createGunzip({ chunkSize }), () => undefined) : packed;
  try {
    for await (const chunk of bytes) yield chunk as Uint8Array;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw badFile(
      path,
      isCompressed ? `is a damaged gzip file (${reason})` : `cannot be read (${reason})`,
      cause,
    );
  }
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

function notReadable(path: string, cause: unknown): CantripError {
  const code = (cause as NodeJS.ErrnoException).code;
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what:
      code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be opened (${code ?? String(cause)})`,
    fix: 'Give the path of a file that this process may read',
    cause,
  });
}

function isFolder(path: string): CantripError {
  return new CantripError('DATA_NOT_FOUND', {
    who: 'readIdx',
    what: `${path} is a folder, not a file`,
    fix: 'Give the path of one file, or read the folder by readIdxFolder',
  });
}
