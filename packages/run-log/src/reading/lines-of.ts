import fs from 'node:fs/promises';

/** A whole line of a file. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** The offset in bytes after its newline. */
  readonly end: number;
}

const newline = 0x0a;
const pieceBytes = 2 ** 16;

/**
 * Reads the whole lines of a file. Bytes after the last newline are a line that was not written to its end, and are left out.
 * A file that does not exist has no lines.
 *
 * @throws the error of the file system; TypeError for bytes that are no UTF-8
 */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const file = await openIfThere(path);
  if (!file) return;
  try {
    let rest = Buffer.alloc(0);
    let end = 0;
    let number = 0;
    for (let at = 0; ;) {
      const piece = Buffer.alloc(pieceBytes);
      const { bytesRead } = await file.read(piece, 0, pieceBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = Buffer.concat([rest, piece.subarray(0, bytesRead)]);
      let begin = 0;
      for (let stop = bytes.indexOf(newline); stop >= 0; stop = bytes.indexOf(newline, begin)) {
        end += stop + 1 - begin;
        number += 1;
        const part = bytes.subarray(begin, stop);
        begin = stop + 1;
        yield { number, text: decoder.decode(part), end };
      }
      rest = bytes.subarray(begin);
    }
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<fs.FileHandle | undefined> {
  try {
    // Reading a pipe could wait forever.
    if (!(await fs.stat(path)).isFile())
      throw Object.assign(new Error(`EINVAL: ${path} is no file`), { code: 'EINVAL' });
    return await fs.open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
