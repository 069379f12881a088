import { CantripError } from '@cantrip/errors';
import { nodeModule } from '../source/node-module.ts';

/**
 * Reads the file of a table.
 *
 * @throws CantripError DATA_NOT_FOUND
 */
export async function bytesOf(who: string, path: string): Promise<Uint8Array> {
  try {
    return await nodeModule('fs/promises').readFile(path);
  } catch (cause) {
    throw new CantripError('DATA_NOT_FOUND', {
      who,
      what: `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      fix: 'Pass the path of a file that this process may read',
      cause,
    });
  }
}
