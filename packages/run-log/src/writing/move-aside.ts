import fs from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '../folder/run-files.ts';

/** Moves the log of another run to `earlier/1`, `earlier/2`, …. run.json goes last, because it says that there is a log. */
export async function moveAside(folder: string): Promise<string> {
  const all = join(folder, runFiles.earlier);
  await fs.mkdir(all, { recursive: true });
  const numbers = (await fs.readdir(all)).map(Number).filter((one) => Number.isSafeInteger(one));
  const path = join(all, String(Math.max(0, ...numbers) + 1));
  await fs.mkdir(path);
  const { scalars, times, steps, validations, epochs, predictions, profile, run } = runFiles;
  for (const name of [scalars, times, steps, validations, epochs, predictions, profile, run])
    await fs.rename(join(folder, name), join(path, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  return path;
}
