import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { readOrdinaryFile } from '@cantrip/file-lock';
import * as v from 'valibot';
import { writeWhole } from '../files/write-whole.ts';
import { type FileState, fileState, hashOfFile, hashOfText } from './file-state.ts';

/** The state and hash of an installed file. */
export interface InstalledFile extends FileState {
  /** SHA-256 of the whole file, in hexadecimal digits. */
  readonly sha256: string;
}

/** Installed files by their path in the runtime's folder, with `/` as separator. */
export type InstalledFiles = Readonly<Record<string, InstalledFile>>;

const digits = v.pipe(v.string(), v.regex(/^\d+$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Schema of a list of files by their path in the folder. */
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

/** The path of a runtime's manifest. */
export function manifestOf(folder: string): string {
  return join(folder, 'cantrip-manifest.json');
}

/**
 * Writes the manifest of a folder. This is the last step of an install, so a folder without a manifest is
 * incomplete.
 */
export async function writeManifest(folder: string): Promise<void> {
  const files: Record<string, InstalledFile> = {};
  for (const path of filesIn(folder)) {
    const full = join(folder, path);
    const state = fileState(full);
    if (state !== undefined) files[path] = { ...state, sha256: await hashOfFile(full) };
  }
  writeWhole(manifestOf(folder), manifestText(files));
}

/** Reads the files in a runtime's manifest; undefined if there is none, as in runtimes of earlier releases. */
export function readManifest(
  folder: string,
): { readonly files: InstalledFiles } | { readonly problem: string } | undefined {
  const path = manifestOf(folder);
  try {
    const { success, output } = v.safeParse(schema, JSON.parse(readOrdinaryFile(path)));
    if (!success) return { problem: `${path} is damaged: it does not have the form of a manifest` };
    if (output.sha256 === hashOfText(JSON.stringify(output.files))) return { files: output.files };
    return { problem: `${path} is damaged: it was changed since it was written` };
  } catch (error) {
    const { cause } = error as Error;
    const { code, message } = (cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return {
      problem: cause === undefined ? `${path} is damaged: it is not JSON` : unreadable(path, message),
    };
  }
}

/** The problem of a file that exists but cannot be read. */
export function unreadable(path: string, message: string): string {
  return `${path} cannot be read (${message})`;
}

/**
 * The text of a manifest. It contains its own hash, so that a changed manifest is not mistaken for a changed
 * library.
 */
function manifestText(files: InstalledFiles): string {
  return `${JSON.stringify({ format: 1, files, sha256: hashOfText(JSON.stringify(files)) }, undefined, 1)}\n`;
}

/** The paths of all files, in order, with `/` as separator. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
