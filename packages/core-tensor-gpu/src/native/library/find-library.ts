import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CantripError } from '@cantrip/errors';
import { checkRuntime } from '../../runtime/manifest/check-runtime.ts';
import { unreadable } from '../../runtime/manifest/manifest.ts';
import { installCommand, installedRuntimes } from '../../runtime/runtime-folder.ts';
import { programOnPath, withoutPythonVariables } from '../../runtime/trusted-program.ts';
import { shortageOf } from './elf-extent.ts';

/** A place that was searched for the library. */
export interface LibraryCandidate {
  /** `CANTRIP_TENSORFLOW`, `installed runtime` or `Python environment`. */
  readonly source: string;
  /** The path of the library if it was found, else the searched path. */
  readonly path: string;
  readonly found: boolean;
  /** Why the library at this path cannot be used. */
  readonly problem?: string;
  /** The command that repairs it. */
  readonly fix?: string;
}

/** The source name of the runtime that `cantrip install-runtime` installed. */
export const installedSource = 'installed runtime';

const fileNames = [
  'libtensorflow_cc.so.2',
  'libtensorflow_cc.2.dylib',
  'libtensorflow.so.2',
  'libtensorflow.2.dylib',
] as const;

/**
 * Returns the TensorFlow library to use: the one in CANTRIP_TENSORFLOW, else the installed runtime, else the one of
 * the active Python environment. Returns undefined if there is none.
 *
 * An installed runtime is compared with its manifest first. If it was changed or truncated and another library is
 * used instead, a process warning says so once.
 *
 * @throws CantripError LIBRARY_NOT_FOUND if CANTRIP_TENSORFLOW is a wrong path, LIBRARY_FOREIGN if that library is
 *   damaged
 */
export async function findLibrary(): Promise<string | undefined> {
  return (await findWithSource())?.path;
}

/** Like {@link findLibrary}, with the place where it was found. */
export async function findWithSource(): Promise<LibraryCandidate | undefined> {
  const named = await namedLibrary();
  if (named !== undefined) {
    if (named.found) return named;
    throw named.problem === undefined ? notFound(named.path) : damaged(named.problem);
  }
  const installed = await installedLibraries();
  const chosen = installed.find(({ found }) => found) ?? (await pythonLibraries()).find(({ found }) => found);
  const better = installed.slice(
    0,
    chosen && installed.includes(chosen) ? installed.indexOf(chosen) : undefined,
  );
  if (chosen !== undefined) for (const candidate of better) warnOf(candidate, chosen);
  return chosen;
}

/**
 * Returns every place, best first, for `cantrip doctor`. Every byte of installed runtimes is compared with the
 * manifest.
 */
export async function libraryCandidates(): Promise<LibraryCandidate[]> {
  const named = await namedLibrary(true);
  return [...(named ? [named] : []), ...(await installedLibraries(true)), ...(await pythonLibraries())];
}

/** The first installed runtime that cannot be used: the reason, and the command that repairs it. */
export async function installedDamage(): Promise<
  { readonly problem: string; readonly command: string } | undefined
> {
  const damage = (await installedLibraries()).find(({ problem }) => problem !== undefined);
  return damage && { problem: damage.problem!, command: damage.fix! };
}

/** The library at a path: the file itself, or the one in that folder of a wheel or an archive. */
export function libraryAt(path: string): string | undefined {
  return isFile(path) ? path : libraryIn(path);
}

/** The library in the folder of a wheel or an archive. */
export function libraryIn(path: string): string | undefined {
  return ['', 'tensorflow', 'lib']
    .flatMap((folder) => fileNames.map((name) => join(path, folder, name)))
    .find(isFile);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function candidate(source: string, path: string, everyByte = false): Promise<LibraryCandidate> {
  const library = source === installedSource ? libraryIn(path) : libraryAt(path);
  const problem = await problemOf(path, library, everyByte);
  const found = library !== undefined && problem === undefined;
  return { source, path: library ?? path, found, ...(problem !== undefined && { problem }) };
}

/** Checks a library. A manifest, next to the library's folder, tells more than the library itself. */
async function problemOf(
  path: string,
  library: string | undefined,
  everyByte: boolean,
): Promise<string | undefined> {
  const folder = library === undefined ? path : dirname(dirname(library));
  const { hasManifest, problem } = await checkRuntime(folder, { everyByte });
  return hasManifest || library === undefined ? problem : damageOf(library);
}

/** Why a library cannot be loaded: it, or the library next to it that it needs, is truncated or unreadable. */
export function damageOf(library: string): string | undefined {
  const beside = join(dirname(library), 'libtensorflow_framework.so.2');
  return [library, beside].map(damageOfFile).find((damage) => damage !== undefined);
}

function damageOfFile(path: string): string | undefined {
  try {
    const shortage = shortageOf(path);
    return shortage && `${path} is truncated: it has ${shortage.bytes} of ${shortage.wanted} bytes`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A missing file is reported by the code that loads it.
    return code === 'ENOENT' || code === undefined ? undefined : unreadable(path, message);
  }
}

function namedLibrary(everyByte = false): Promise<LibraryCandidate> | undefined {
  const path = process.env['CANTRIP_TENSORFLOW'];
  return path ? candidate('CANTRIP_TENSORFLOW', resolve(path), everyByte) : undefined;
}

function installedLibraries(everyByte = false): Promise<LibraryCandidate[]> {
  return Promise.all(
    installedRuntimes().map(async (folder) => {
      const installed = await candidate(installedSource, folder, everyByte);
      return installed.found ? installed : { ...installed, fix: installCommand(folder) };
    }),
  );
}

const warned = new Set<string>();

function warnOf({ problem, fix }: LibraryCandidate, { path }: LibraryCandidate): void {
  if (problem === undefined || warned.has(problem)) return;
  warned.add(problem);
  process.emitWarning(`[tensorflow] ${problem}, so ${path} is used. Run \`${fix}\`.`, 'RuntimeDamaged');
}

/** Finds the package without importing it. It ignores the current folder, which `-c` puts first. */
const whereIsTensorFlow = `
import sys
sys.path = [p for p in sys.path if p]
from importlib.util import find_spec
spec = find_spec("tensorflow")
print((spec.submodule_search_locations or [""])[0] if spec else "")
`;

async function pythonLibraries(): Promise<LibraryCandidate[]> {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  const active = [VIRTUAL_ENV, CONDA_PREFIX]
    .filter((folder) => folder !== undefined && isAbsolute(folder))
    .map((folder) => join(folder!, 'bin/python'));
  for (const python of [...active, programOnPath('python3')]) {
    const folder = python === undefined ? '' : await askPython(python);
    if (folder) return [await candidate('Python environment', folder)];
  }
  return [];
}

async function askPython(python: string): Promise<string> {
  try {
    const options = { timeout: 20_000, cwd: '/', env: withoutPythonVariables() };
    const { stdout } = await promisify(execFile)(python, ['-E', '-c', whereIsTensorFlow], options);
    return stdout.trim();
  } catch {
    // Python is optional: without it, this place is skipped.
    return '';
  }
}

function damaged(problem: string): CantripError {
  return new CantripError('LIBRARY_FOREIGN', {
    who: 'tensorflow',
    what: `CANTRIP_TENSORFLOW is a library that cannot be loaded: ${problem}`,
    fix: 'Copy or install it again, or unset CANTRIP_TENSORFLOW',
  });
}

function notFound(path: string): CantripError {
  return new CantripError('LIBRARY_NOT_FOUND', {
    who: 'tensorflow',
    what: existsSync(path)
      ? `CANTRIP_TENSORFLOW is the folder ${path}, which contains no ${fileNames[0]}`
      : `CANTRIP_TENSORFLOW is ${path}, which does not exist`,
    fix: 'Set it to the library or its folder, or unset it',
  });
}
