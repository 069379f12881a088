import { basename, dirname, join } from 'node:path';
import { unreadable } from '../content/checkpoint-errors.ts';
import { parseBesideName } from './beside-name.ts';
import { lookAt, namesIn } from './look-at.ts';

/**
 * Where a checkpoint is. While it is replaced, the one before is beside its path for an instant, or for as long as nobody writes
 * again, if the process was killed at that instant.
 *
 * @throws CantripError CHECKPOINT_READ if there is none
 */
export async function placeOf(path: string): Promise<string> {
  try {
    if (await lookAt(path)) return path;
    const aside = replacedBeside(path, await namesIn(dirname(path)));
    // It may have been put in place since the first look.
    if (aside === undefined || (await lookAt(path))) return path;
    return aside;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The checkpoint that was at a path before it was replaced, of the names beside it. */
export function replacedBeside(path: string, names: readonly string[]): string | undefined {
  const found = names.find((name) => {
    const beside = parseBesideName(name);
    return beside?.kind === 'replaced' && beside.base === basename(path);
  });
  return found === undefined ? undefined : join(dirname(path), found);
}
