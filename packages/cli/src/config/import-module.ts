import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';
import { nearest } from '../nearest.ts';
import { importTypeScript } from './typescript-hooks.ts';
import { whyNotImported } from './why-not-imported.ts';

/** A module of the user's project. */
export interface UserModule {
  /** Its absolute path. */
  readonly path: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Imports a module that the user wrote, in TypeScript or JavaScript.
 *
 * @param who - the command
 * @param file - its path, from the current folder
 * @throws CantripError CLI_CONFIG if it is missing, has a syntax error, or imports what is not there; else what it throws
 */
export async function importModule(who: string, file: string): Promise<UserModule> {
  const path = resolve(file);
  requireFile(who, file, path);
  await importTypeScript(dirname(path));
  try {
    const exports = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
    return { path, exports };
  } catch (error) {
    throw whyNotImported(who, path, error) ?? error;
  }
}

/** The default export of a module; CommonJS that was made from TypeScript has it one level deeper. */
export function defaultExport({ exports }: UserModule): unknown {
  const value = exports['default'];
  const isCompiled =
    typeof value === 'object' && value !== null && '__esModule' in value && 'default' in value;
  return isCompiled ? value.default : value;
}

function requireFile(who: string, file: string, path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return;
  throw new CantripError(codes.CLI_CONFIG, {
    who,
    what: stats ? `${file} is a folder, not a module` : `there is no file ${file}`,
    fix: fixFor(path, stats !== undefined),
  });
}

function fixFor(path: string, isFolder: boolean): string {
  const folder = isFolder ? path : dirname(path);
  const modules = filesOf(folder).filter((name) => /\.[cm]?[jt]sx?$/.test(name));
  const similar = isFolder ? undefined : nearest(basename(path), modules);
  if (similar !== undefined) return `Perhaps you mean ${similar}`;
  return modules.length > 0 && modules.length <= 10
    ? `Modules in ${folder} are ${modules.join(', ')}`
    : 'Write the path of the module, from the folder that you are in';
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
