import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readOrdinaryFile } from '@cantrip/file-lock';
import * as v from 'valibot';
import { writeWhole } from '../files/write-whole.ts';
import { type FileState, fileState, hashOfFile, hashOfText } from './file-state.ts';

/** What was installed as one file. */
export interface InstalledFile extends FileState {
  /** Of all bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** Each installed file by its path in the runtime's folder, with `/` between the parts. */
export type InstalledFiles = Readonly<Record<string, InstalledFile>>;

const digits = v.pipe(v.string(), v.regex(/^\d+$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** A list of files: by a path inside of the folder, what was seen there. */
export const filesSchema: v.GenericSchema<unknown, InstalledFiles> = v.record(
  v.pipe(v.string(), v.regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, 'leads out of the folder')),
  v.strictObject({
    size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    modified: digits,
    inode: digits,
    sha256,
  }),
);

const schema = v.strictObject({ format: v.literal(1), files: filesSchema, sha256 });

/** Where the manifest of a runtime lies. */
export function manifestOf(folder: string): string {
  return join(folder, 'cantrip-manifest.json');
}

/** Notes every file of a folder: the last thing that an install does, so that no manifest means no install. */
export async function writeManifest(folder: string): Promise<void> {
  const files: Record<string, InstalledFile> = {};
  for (const path of filesIn(folder)) {
    const full = join(folder, path);
    const state = fileState(full);
    if (state !== undefined) files[path] = { ...state, sha256: await hashOfFile(full) };
  }
  writeWhole(manifestOf(folder), manifestText(files));
}

/** The files that a runtime's manifest tells; undefined where there is none, as in runtimes of earlier releases. */
export function readManifest(
  folder: string,
): { readonly files: InstalledFiles } | { readonly problem: string } | undefined {
  const path = manifestOf(folder);
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(readOrdinaryFile(path)));
    if (!success) return { problem: `${path} is damaged: it has not the form of a manifest` };
    if (output.sha256 === hashOfText(JSON.stringify(output.files))) return { files: output.files };
    return { problem: `${path} is damaged: it is not as it was written` };
  } catch (error) {
    const { cause } = error as Error;
    const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { problem: cause === undefined ? `${path} is damaged: it is no JSON` : unreadable(path, message) };
  }
}

/** The problem of a file that is there and may not be read. */
export function unreadable(path: string, message: string): string {
  return `${path} can't be read (${message})`;
}

/** The manifest tells its own hash: a digit that changed in it is not taken for a change of the library. */
function manifestText(files: InstalledFiles): string {
  return `${JSON.stringify({ format: 1, files, sha256: hashOfText(JSON.stringify(files)) }, undefined, 1)}\n`;
}

/** Paths of all files, in order, with `/` between the parts. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
