import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CantripError } from '@cantrip/errors';
import { installedRuntimes } from '../runtime/runtime-folder.ts';
import { programOnPath, withoutPythonVariables } from '../runtime/trusted-program.ts';
import { shortageOf } from './elf-extent.ts';

/** A place where the library was looked for. */
export interface LibraryCandidate {
  /** `CANTRIP_TENSORFLOW`, `installed runtime` or `Python environment`. */
  readonly source: string;
  /** The library where one was found, else where it was looked for. */
  readonly path: string;
  readonly found: boolean;
  /** Why a library that lies there can't be used. */
  readonly problem?: string;
}

const fileNames = [
  'libtensorflow_cc.so.2',
  'libtensorflow_cc.2.dylib',
  'libtensorflow.so.2',
  'libtensorflow.2.dylib',
] as const;

/**
 * The TensorFlow library to use: the one that CANTRIP_TENSORFLOW names, else the installed runtime, else that of the
 * active Python environment. Undefined where there is none.
 *
 * @throws CantripError LIBRARY_NOT_FOUND where CANTRIP_TENSORFLOW names nothing
 */
export async function findLibrary(): Promise<string | undefined> {
  const named = namedLibrary();
  if (named !== undefined) {
    if (named.found) return named.path;
    throw named.problem === undefined ? notFound(named.path) : damaged(named.problem);
  }
  const installed = installedLibraries().find(({ found }) => found);
  return installed?.path ?? (await pythonLibraries()).find(({ found }) => found)?.path;
}

/** Every place, best first, for `cantrip doctor`. */
export async function libraryCandidates(): Promise<LibraryCandidate[]> {
  const named = namedLibrary();
  return [...(named ? [named] : []), ...installedLibraries(), ...(await pythonLibraries())];
}

/** The library at a path: the file itself, or one in that folder as a wheel or an archive lays it. */
export function libraryAt(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (statSync(path).isFile()) return path;
  return ['', 'tensorflow', 'lib']
    .flatMap((folder) => fileNames.map((name) => join(path, folder, name)))
    .find((file) => existsSync(file));
}

function candidate(source: string, path: string): LibraryCandidate {
  const library = libraryAt(path);
  const problem = library === undefined ? undefined : damageOf(library);
  const found = library !== undefined && problem === undefined;
  return { source, path: library ?? path, found, ...(problem !== undefined && { problem }) };
}

/** What makes a library that is there unfit to be loaded: it, or the one beside it that it needs, is cut off. */
export function damageOf(library: string): string | undefined {
  const beside = join(dirname(library), 'libtensorflow_framework.so.2');
  for (const path of [library, beside]) {
    const shortage = shortageIn(path);
    if (shortage) return `${path} is cut off: ${shortage.bytes} of ${shortage.wanted} bytes are there`;
  }
  return undefined;
}

function shortageIn(path: string): ReturnType<typeof shortageOf> {
  try {
    return shortageOf(path);
  } catch {
    // It is not there, or can't be read: whoever loads it says so.
    return undefined;
  }
}

/** The damage of an installed runtime that nothing else stands in for. */
export function installedDamage(): string | undefined {
  return installedLibraries().find(({ problem }) => problem !== undefined)?.problem;
}

function namedLibrary(): LibraryCandidate | undefined {
  const path = process.env['CANTRIP_TENSORFLOW'];
  return path ? candidate('CANTRIP_TENSORFLOW', resolve(path)) : undefined;
}

function installedLibraries(): LibraryCandidate[] {
  return installedRuntimes().map((folder) => candidate('installed runtime', folder));
}

/** Finds the package without importing it, and not in the current folder, which `-c` puts first; runs outside of it, too. */
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
    if (folder) return [candidate('Python environment', folder)];
  }
  return [];
}

async function askPython(python: string): Promise<string> {
  try {
    const options = { timeout: 20_000, cwd: '/', env: withoutPythonVariables() };
    const { stdout } = await promisify(execFile)(python, ['-E', '-c', whereIsTensorFlow], options);
    return stdout.trim();
  } catch {
    // No Python is no error: it is one place less to look in.
    return '';
  }
}

function damaged(problem: string): CantripError {
  return new CantripError('LIBRARY_FOREIGN', {
    who: 'tensorflow',
    what: `CANTRIP_TENSORFLOW names a library that can't be loaded: ${problem}`,
    fix: 'Copy or install it again, or unset CANTRIP_TENSORFLOW',
  });
}

function notFound(path: string): CantripError {
  return new CantripError('LIBRARY_NOT_FOUND', {
    who: 'tensorflow',
    what: existsSync(path)
      ? `CANTRIP_TENSORFLOW names the folder ${path}, which holds no ${fileNames[0]}`
      : `CANTRIP_TENSORFLOW names ${path}, which does not exist`,
    fix: 'Let it name the library or its folder, or unset it',
  });
}
