import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import fs from 'node:fs/promises';

/** The most bytes of one read. Other work of the process goes on between two of them. */
const pieceBytes = 2 ** 20;

/** Says that something at a path is not the file that was expected. */
export class WrongFile extends Error {}

/**
 * Reads an ordinary file from its beginning to its end. Links, pipes and devices are refused.
 *
 * @param checkSize - is called with the size before anything is read; what it returns is why the file is refused
 * @param visit - is called with each piece, which is overwritten afterwards
 * @returns the sha256, in hexadecimal digits
 * @throws WrongFile; the error of the file system
 */
export async function scanFile(
  path: string,
  checkSize: (bytes: number) => string | undefined,
  visit: (piece: Uint8Array, at: number) => void = () => undefined,
): Promise<string> {
  if (!(await fs.lstat(path)).isFile()) throw new WrongFile('is a link or no ordinary file');
  // Windows has neither of these flags.
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const file = await fs.open(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new WrongFile('is no ordinary file');
    const refusal = checkSize(status.size);
    if (refusal !== undefined) throw new WrongFile(refusal);
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, Math.max(status.size, 1)));
    for (let at = 0; at < status.size;) {
      const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, status.size - at));
      if (bytesRead === 0) throw new WrongFile('became shorter while it was read');
      hash.update(piece.subarray(0, bytesRead));
      visit(piece.subarray(0, bytesRead), at);
      at += bytesRead;
    }
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}
