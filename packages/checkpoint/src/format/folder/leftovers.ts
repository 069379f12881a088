import fs from 'node:fs/promises';
import { join } from 'node:path';
import { parseBesideName } from './beside-name.ts';
import { namesIn } from './look-at.ts';

/**
 * Removes what dead writers left in a folder. The checkpoint that a dead writer was about to replace is put back if there is
 * none at its path.
 *
 * @param which - the names of the checkpoints whose leftovers are removed; all by default
 * @param isOwned - whether only this process may write there. Then what no process here uses is a leftover.
 */
export async function removeLeftovers(
  folder: string,
  isOwned: boolean,
  which: (base: string) => boolean = () => true,
): Promise<void> {
  const names = await namesIn(folder);
  const present = new Set(names);
  for (const name of names) {
    const beside = parseBesideName(name);
    if (!beside || !which(beside.base)) continue;
    if (beside.use === 'used' || (beside.use === 'unknown' && !isOwned)) continue;
    if (beside.kind === 'replaced' && !present.has(beside.base)) {
      await fs.rename(join(folder, name), join(folder, beside.base));
      present.add(beside.base);
    } else {
      await removeOrLeave(join(folder, name));
    }
  }
}

/** Removes a folder that readers pass over. If this fails, it stays until the next time. */
export async function removeOrLeave(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true }).catch(() => undefined);
}
