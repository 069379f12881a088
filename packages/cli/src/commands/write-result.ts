import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';

/**
 * Writes a file that a command was asked for. The file is whole, or as it was before.
 *
 * @throws CantripError CLI_PATH
 */
export function writeResult(who: string, path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (cause) {
    throw new CantripError(codes.CLI_PATH, {
      who,
      what: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`,
      fix: 'Name a file that you may write',
      cause,
    });
  }
}
