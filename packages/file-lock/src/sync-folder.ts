import fs from 'node:fs/promises';
import { checkPath } from './check-path.ts';

/** File systems that answer so have no such call. */
const unknownCall = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Waits until the disk has the names in a folder: new files, renamed and removed ones. Without it, a loss of power can undo a
 * rename.
 *
 * Windows cannot open a folder, and needs no such call.
 *
 * @throws CantripError OPTION_INVALID; the error of the file system
 * @example
 * ```ts
 * await rename('results/unfinished', 'results/figures.bin');
 * await syncFolder('results');
 * ```
 */
export async function syncFolder(path: string): Promise<void> {
  checkPath('syncFolder', path);
  if (process.platform === 'win32') return;
  const folder = await fs.open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!unknownCall.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await folder.close();
  }
}
