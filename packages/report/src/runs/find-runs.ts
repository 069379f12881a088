import { existsSync, readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';

/** A run folder and the name that the report calls it by. */
export interface FoundRun {
  readonly name: string;
  readonly path: string;
}

const isRun = (path: string): boolean => existsSync(join(path, 'run.json'));

/**
 * The run folders among the given ones. A folder that is none stands for the run folders in it. Each run is there once.
 *
 * @throws CantripError REPORT_NO_RUN
 */
export function findRuns(folders: readonly string[]): readonly FoundRun[] {
  const paths = [...new Set(folders.flatMap((folder) => runsOf(resolve(folder))))];
  const parts = paths.map((path) => path.split(sep).filter((part) => part !== ''));
  return paths.map((path, at) => ({ path, name: shortestName(parts, at) }));
}

function runsOf(path: string): readonly string[] {
  if (isRun(path)) return [path];
  const inside = foldersIn(path).filter(isRun);
  if (inside.length > 0) return inside;
  throw new CantripError(codes.REPORT_NO_RUN, {
    who: 'report',
    what: existsSync(path)
      ? `${path} has no run.json, and no folder in it has one`
      : `${path} does not exist`,
    fix: 'Pass the folder that runLog({ folder }) got, or one that holds such folders',
  });
}

function foldersIn(path: string): readonly string[] {
  try {
    const names = readdirSync(path, { withFileTypes: true }).flatMap((one) =>
      one.isDirectory() ? [one.name] : [],
    );
    return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((name) => join(path, name));
  } catch {
    return [];
  }
}

/** The last parts of a path that no other path ends in. */
function shortestName(all: readonly (readonly string[])[], at: number): string {
  const own = all[at]!;
  for (let count = 1; count < own.length; count++) {
    const name = own.slice(-count).join('/');
    const others = all.filter((_, index) => index !== at).map((parts) => parts.slice(-count).join('/'));
    if (!others.includes(name)) return name;
  }
  return own.join('/') || '/';
}
