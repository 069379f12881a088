import { createHash } from 'node:crypto';
import fs, { type FileHandle } from 'node:fs/promises';
import { CantripError, describe } from '@cantrip/errors';
import { checkPath } from './check-path.ts';

/** What was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** Of the content, in hexadecimal digits. */
  readonly sha256: string;
}

/** The most bytes of one write. Other work of the process goes on between two of them. */
const pieceBytes = 2 ** 20;

/**
 * Writes a new file from parts, and waits until the disk has it. A write that takes only some of the bytes is continued.
 *
 * The file is not removed if this fails.
 *
 * @param path - of a file that does not exist yet
 * @param parts - whose concatenation is the content
 * @throws CantripError OPTION_INVALID; the error of the file system, e.g. EEXIST or ENOSPC
 * @example
 * ```ts
 * const { bytes } = await writeSynced('figures.bin', [Uint8Array.of(1, 2), Uint8Array.of(3)]); // 3
 * ```
 */
export async function writeSynced(path: string, parts: readonly Uint8Array[]): Promise<WrittenFile> {
  checkPath('writeSynced', path);
  if (!Array.isArray(parts) || !parts.every((part) => part instanceof Uint8Array)) throw notParts(parts);
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await fs.open(path, 'wx');
  try {
    for (const piece of piecesOf(parts)) {
      hash.update(piece);
      await writeAll(file, piece);
      bytes += piece.length;
    }
    await file.sync();
  } catch (error) {
    // The first error says more than one of closing.
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
  return { bytes, sha256: hash.digest('hex') };
}

/** The same bytes in pieces of one size: small parts are joined, large ones are cut. */
function* piecesOf(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let small: Uint8Array[] = [];
  let held = 0;
  for (const part of parts) {
    if (held > 0 && held + part.length > pieceBytes) {
      yield Buffer.concat(small);
      [small, held] = [[], 0];
    }
    if (part.length < pieceBytes) {
      small.push(part);
      held += part.length;
    } else {
      for (let at = 0; at < part.length; at += pieceBytes) yield part.subarray(at, at + pieceBytes);
    }
  }
  if (held > 0) yield Buffer.concat(small);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw Object.assign(new Error('EIO: a write took no bytes'), { code: 'EIO' });
    done += bytesWritten;
  }
}

function notParts(received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'writeSynced',
    what: `parts must be an array of Uint8Arrays, got ${describe(received)}`,
    fix: 'Write writeSynced(path, [bytes])',
  });
}
