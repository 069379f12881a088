import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { codes, who } from '../error-codes.ts';

/** The files of a project: name to text. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** What may be in a folder already, because it has nothing to do with a project's files. */
const ofNoMatter = new Set(['.git', '.idea', '.vscode', '.DS_Store', 'Thumbs.db']);

/**
 * Refuses a folder in which something would be in the way.
 *
 * @throws CantripError CREATE_CANTRIP_FOLDER
 */
export function requireRoom(folder: string): void {
  const entries = entriesOf(folder) ?? [];
  const inTheWay = entries.filter((name) => !ofNoMatter.has(name)).sort();
  if (inTheWay.length === 0) return;
  const more = inTheWay.length > 3 ? `, … (${inTheWay.length} in all)` : '';
  throw refusal(
    `the folder ${folder} is not empty: it has ${inTheWay.slice(0, 3).join(', ')}${more}`,
    'Choose another folder, or empty this one',
  );
}

/** What a folder holds; undefined if it is not there. */
function entriesOf(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR')
      throw refusal(`${folder} is a file, or lies below one`, 'Choose another folder', cause);
    throw unwritable(folder, cause);
  }
}

/**
 * Writes all files, or leaves everything as it was.
 *
 * They are written into a hidden folder beside their place, and then moved. A new folder appears whole. In a folder that is
 * there already, package.json comes last.
 *
 * @throws CantripError CREATE_CANTRIP_FOLDER
 */
export function writeProject(folder: string, files: ProjectFiles): void {
  requireRoom(folder);
  const isNew = entriesOf(folder) === undefined;
  const parent = isNew ? dirname(folder) : folder;
  let firstMade: string | undefined;
  let unfinished: string | undefined;
  try {
    firstMade = mkdirSync(parent, { recursive: true });
    unfinished = mkdtempSync(join(parent, '.create-cantrip-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(unfinished, name), text);
    if (isNew) moveFolder(unfinished, folder);
    else moveEach(unfinished, folder, Object.keys(files));
  } catch (cause) {
    if (unfinished !== undefined) rmSync(unfinished, { recursive: true, force: true });
    if (firstMade !== undefined) removeEmpty(parent, firstMade);
    throw cause instanceof CantripError ? cause : unwritable(folder, cause);
  }
}

/** The folder of `mkdtemp` is for its owner alone, so its files go into an ordinary one. */
function moveFolder(unfinished: string, folder: string): void {
  const ordinary = join(unfinished, 'project');
  const names = readdirSync(unfinished);
  mkdirSync(ordinary);
  for (const name of names) renameSync(join(unfinished, name), join(ordinary, name));
  // An empty folder that somebody has made meanwhile may be replaced; any other makes this fail.
  renameSync(ordinary, folder);
  rmdirSync(unfinished);
}

function moveEach(unfinished: string, folder: string, names: readonly string[]): void {
  const moved: string[] = [];
  try {
    for (const name of [...names.filter((one) => one !== 'package.json'), 'package.json']) {
      renameSync(join(unfinished, name), join(folder, name));
      moved.push(name);
    }
    rmdirSync(unfinished);
  } catch (cause) {
    for (const name of moved) rmSync(join(folder, name), { force: true });
    throw cause;
  }
}

/** Removes the folders that were made on the way, unless something is in them by now. */
function removeEmpty(last: string, first: string): void {
  try {
    for (let at = last; at.length >= first.length; at = dirname(at)) rmdirSync(at);
  } catch {
    // It is not empty, so it is not only ours.
  }
}

function unwritable(folder: string, cause: unknown): CantripError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const meaning: Readonly<Record<string, string>> = {
    EACCES: 'you have no permission',
    EPERM: 'you have no permission',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    ENAMETOOLONG: 'the name is too long',
  };
  const why = meaning[code] === undefined ? code : `${meaning[code]}, ${code}`;
  return refusal(
    `the folder ${folder} cannot be written (${why})`,
    'Choose a folder that you may write',
    cause,
  );
}

function refusal(what: string, fix: string, cause?: unknown): CantripError {
  return new CantripError(codes.CREATE_CANTRIP_FOLDER, { who, what, fix, cause });
}
