import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safeParse } from 'valibot';
import { cacheFolder } from '../runtime/runtime-folder.ts';
import { choiceSchema, type LibraryFile, type StoredChoice } from './stored-choice.ts';

/** A file of the store, read: a choice, or why it holds none. */
export type StoredFile =
  | { readonly path: string; readonly choice: StoredChoice }
  | { readonly path: string; readonly problem: string };

/** Which choice: where it is asked for, and for what library, model and batch. */
export type ChoiceKey = Pick<StoredChoice, 'name' | 'place' | 'device' | 'version' | 'model' | 'batch'>;

/** Beside the runtime: `$XDG_CACHE_HOME/cantrip/tuning`, or `~/.cache/cantrip/tuning`. */
export function tuningFolder(): string {
  return join(cacheFolder(), 'tuning');
}

/** All choices, for `cantrip doctor`, newest first; files that can't be read last. */
export function storedChoices(): readonly StoredFile[] {
  return fileNames()
    .filter((name) => name.endsWith('.json'))
    .map((name) => readChoice(join(tuningFolder(), name)))
    .sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
}

/**
 * The choice for what was trained last in this place: nothing else is known before TensorFlow loads. Undefined where
 * nothing was measured for that.
 */
export function lastChoice(name: string, place: string): StoredFile | undefined {
  const key = readText(pointerOf(name, place))?.trim();
  if (key === undefined || !/^[0-9a-f]{16}$/.test(key)) return undefined;
  const path = join(tuningFolder(), `${slug(name)}-${key}.json`);
  return readText(path) === undefined ? undefined : readChoice(path);
}

/** Notes what is trained in this place now, so that the next start finds the choice for it. */
export function rememberLast(key: ChoiceKey): void {
  writeWhole(pointerOf(key.name, key.place), hashOf(identity(key)));
}

/** Stores a choice in the place of an older one for the same, and remembers it as the last. */
export function storeChoice(choice: StoredChoice): string {
  const path = join(tuningFolder(), `${slug(choice.name)}-${hashOf(identity(choice))}.json`);
  writeWhole(path, `${JSON.stringify(choice, undefined, 2)}\n`);
  rememberLast(choice);
  return path;
}

/** Facts as 16 hexadecimal digits: equal facts give equal digits. */
export function hashOf(facts: unknown): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

/** How the library at a path is known again; undefined where there is none. */
export function libraryFile(path: string): LibraryFile | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    return { path, size, modified: Math.round(mtimeMs) };
  } catch {
    return undefined;
  }
}

function identity({ name, place, device, version, model, batch }: ChoiceKey): readonly string[] {
  return [name, place, device, version, model, batch];
}

function pointerOf(name: string, place: string): string {
  return join(tuningFolder(), `${slug(name)}-${place}.last`);
}

/** For people who look into the folder; the hash behind it tells names apart. */
function slug(name: string): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.replaceAll(/^-|-$/g, '').slice(-40) || 'run';
}

function readChoice(path: string): StoredFile {
  try {
    const { success, output, issues } = safeParse(choiceSchema, JSON.parse(readFileSync(path, 'utf8')));
    return success ? { path, choice: output } : { path, problem: issues[0].message };
  } catch (error) {
    return { path, problem: error instanceof Error ? error.message : String(error) };
  }
}

const timeOf = (file: StoredFile): string => ('choice' in file ? file.choice.measured : '');

function fileNames(): string[] {
  try {
    return readdirSync(tuningFolder());
  } catch {
    return [];
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A reader finds the old file or the new one, never a half, however many processes write. */
function writeWhole(path: string, content: string): void {
  mkdirSync(tuningFolder(), { recursive: true });
  const part = `${path}.part-${randomUUID()}`;
  try {
    writeFileSync(part, content);
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}
