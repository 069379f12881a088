import { parseOptions } from '@cantrip/errors';
import { readOrdinaryFile } from '@cantrip/file-lock';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { cacheFolder, makeCacheFolder } from '../runtime/files/cache-folder.ts';
import { writeWhole } from '../runtime/files/write-whole.ts';
import { hashOf } from './hash-of.ts';
import {
  type ChoiceKey,
  choiceSchema,
  keySchema,
  type LibraryFile,
  newChoiceSchema,
  type StoredChoice,
} from './stored-choice.ts';

/** A file of the store after reading: a choice, or the reason why it has none. */
export type StoredFile =
  | { readonly path: string; readonly choice: StoredChoice }
  | { readonly path: string; readonly problem: string };

/**
 * Returns the folder of the store, next to the runtime: `$XDG_CACHE_HOME/cantrip/tuning`, or
 * `~/.cache/cantrip/tuning`.
 */
export function tuningFolder(): string {
  return join(cacheFolder(), 'tuning');
}

/** Returns all choices for `cantrip doctor`, newest first. Files that cannot be read come last. */
export function storedChoices(folder: string = tuningFolder()): readonly StoredFile[] {
  check('storedChoices', { folder });
  return fileNames(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readChoice(join(folder, name)))
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
}

/** Returns the choice for a key; undefined if nothing was measured for it. */
export function findChoice(key: ChoiceKey, folder: string = tuningFolder()): StoredFile | undefined {
  check('findChoice', { key, folder });
  return readIfThere(pathOf(hashOf(identity(key)), folder));
}

/**
 * Returns the choice for what a program trained last in a place; undefined if there is none. Nothing else is known
 * before TensorFlow loads.
 */
export function lastChoice(
  program: string,
  place: string,
  folder: string = tuningFolder(),
): StoredFile | undefined {
  check('lastChoice', { program, place, folder });
  const key = readText(pointerOf(program, place, folder))?.trim();
  return key !== undefined && /^[0-9a-f]{16}$/.test(key) ? readIfThere(pathOf(key, folder)) : undefined;
}

/** Stores what a program trains now, so that its next start finds the choice. */
export function rememberLast(program: string, key: ChoiceKey, folder: string = tuningFolder()): void {
  check('rememberLast', { program, key, folder });
  store(pointerOf(program, key.place, folder), hashOf(identity(key)));
}

/** Deletes what {@link rememberLast} stored. The choices stay. If the folder is not writable, nothing changes. */
export function forgetLast(program: string, place: string, folder: string = tuningFolder()): void {
  check('forgetLast', { program, place, folder });
  try {
    rmSync(pointerOf(program, place, folder), { force: true });
  } catch {
    // Not a problem: the stored choice is compared with the model at each start.
  }
}

/** Stores a choice and replaces an older one with the same key. Returns the path of the file. */
export function storeChoice(choice: StoredChoice, folder: string = tuningFolder()): string {
  check('storeChoice', { choice, folder });
  const path = pathOf(hashOf(identity(choice)), folder);
  store(path, `${JSON.stringify(choice, undefined, 2)}\n`);
  return path;
}

/** Identifies the library at a path; undefined if there is none. */
export function libraryFile(path: string): LibraryFile | undefined {
  check('libraryFile', { path });
  try {
    const { size, mtimeMs } = statSync(path);
    return { path, size, modified: Math.round(mtimeMs) };
  } catch {
    return undefined;
  }
}

const text = v.pipe(v.string(), v.minLength(1, 'must not be empty'));
const schemas = { program: text, place: text, folder: text, path: text, choice: newChoiceSchema };

/** Checks the arguments of a function of this store. */
function check(who: string, given: Readonly<Record<string, unknown>>): void {
  const { key } = given;
  const isChoice = typeof key === 'object' && key !== null && 'format' in key;
  const all = { ...schemas, key: isChoice ? newChoiceSchema : keySchema };
  const wanted = Object.keys(given).map((name) => [name, all[name as keyof typeof all]]);
  parseOptions(who, v.strictObject(Object.fromEntries(wanted) as v.ObjectEntries), given);
}

function identity({ place, device, hardware, version, model, batch }: ChoiceKey): readonly string[] {
  return [place, device, hardware, version, model, batch];
}

function pathOf(key: string, folder: string): string {
  return join(folder, `${key}.json`);
}

function pointerOf(program: string, place: string, folder: string): string {
  return join(folder, `${hashOf([program, place])}.last`);
}

function readIfThere(path: string): StoredFile | undefined {
  return readText(path) === undefined ? undefined : readChoice(path);
}

function readChoice(path: string): StoredFile {
  try {
    const { success, output, issues } = v.safeParse(choiceSchema, JSON.parse(readOrdinaryFile(path)));
    return success ? { path, choice: output } : { path, problem: issues[0].message };
  } catch (error) {
    return { path, problem: error instanceof Error ? error.message : String(error) };
  }
}

const timeOf = (file: StoredFile): string => ('choice' in file ? file.choice.measured : '');

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readText(path: string): string | undefined {
  try {
    return readOrdinaryFile(path);
  } catch {
    return undefined;
  }
}

function store(path: string, content: string): void {
  const folder = dirname(path);
  if (folder === tuningFolder()) makeCacheFolder();
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  writeWhole(path, content);
}
