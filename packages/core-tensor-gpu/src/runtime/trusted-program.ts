import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * The absolute path of a program on `PATH`. Folders inside the current folder or a project are skipped: `PATH` may
 * contain relative folders and `node_modules/.bin`, where any package can put a file of that name.
 */
export function programOnPath(name: string): string | undefined {
  return trustedFolders()
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function trustedFolders(): readonly string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.filter(
    (folder) => isAbsolute(folder) && !/[\\/]node_modules[\\/]/.test(`${folder}/`) && !isHere(folder),
  );
}

function isHere(folder: string): boolean {
  return resolve(folder) === process.cwd();
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The environment without variables that make Python, or a program that starts it, run the caller's files. */
export function withoutPythonVariables(): NodeJS.ProcessEnv {
  const { PYTHONPATH: _, PYTHONHOME: __, PYTHONSTARTUP: ___, PYTHONUSERBASE: ____, ...rest } = process.env;
  return { ...rest, PATH: trustedFolders().join(delimiter) };
}
