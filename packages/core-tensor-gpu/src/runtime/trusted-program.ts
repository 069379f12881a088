import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';
import { tmpdir } from 'node:os';

/**
 * The absolute path of a program on `PATH`, leaving out what lies in the current folder or in a project: `PATH` may hold
 * relative folders and `node_modules/.bin`, where anybody's file may bear the name of a program.
 */
export function programOnPath(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder) || /[\\/]node_modules[\\/]/.test(`${folder}/`) || isHere(folder)) continue;
    const path = join(folder, name);
    if (isProgram(path)) return path;
  }
  return undefined;
}

function isHere(folder: string): boolean {
  const from = relative(process.cwd(), resolve(folder));
  // Below the root of the file system lies everything.
  return process.cwd() !== '/' && (from === '' || !from.startsWith('..'));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The environment without what would have Python run files of the caller's. */
export function withoutPythonVariables(): NodeJS.ProcessEnv {
  const { PYTHONPATH: _, PYTHONHOME: __, PYTHONSTARTUP: ___, ...rest } = process.env;
  return rest;
}

/** Does work in a new empty folder, where no file lies that a program would read, and removes it. */
export async function inEmptyFolder<T>(
  parent: string | undefined,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  if (parent !== undefined) mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent ?? tmpdir(), 'cantrip-empty-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
