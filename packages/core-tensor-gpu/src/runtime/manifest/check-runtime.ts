import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { fileState, type FileState, isSameState } from './file-state.ts';
import { type InstalledFile, type InstalledFiles, readManifest, unreadable } from './manifest.ts';
import { lookAt, seenFiles } from './seen-files.ts';

/** The result of comparing a folder with its manifest. */
export interface RuntimeCheck {
  /** Whether there is a manifest. */
  readonly hasManifest: boolean;
  /** What differs from the installed files: one sentence without a full stop, with the file's path. */
  readonly problem?: string;
}

/**
 * Compares a runtime with its manifest. Sizes are compared at each call. A file is hashed if its size, time or inode
 * has changed since it was last hashed; with `everyByte`, all files are hashed.
 */
export async function checkRuntime(
  folder: string,
  { everyByte = false }: { readonly everyByte?: boolean } = {},
): Promise<RuntimeCheck> {
  const manifest = readManifest(folder);
  if (manifest === undefined) return { hasManifest: false };
  const problem =
    'problem' in manifest
      ? manifest.problem
      : (sizeProblem(folder, manifest.files) ?? (await hashProblem(folder, manifest.files, everyByte)));
  return { hasManifest: true, ...(problem !== undefined && { problem }) };
}

/** Compares all sizes first, because this is fast. */
function sizeProblem(folder: string, files: InstalledFiles): string | undefined {
  for (const [path, { size }] of Object.entries(files)) {
    const full = join(folder, path);
    try {
      const found = fileState(full);
      if (found === undefined) return `${full} is missing`;
      if (found.size < size) return `${full} is truncated: it has ${found.size} of ${size} bytes`;
      if (found.size > size) return `${full} has ${found.size} bytes, but ${size} were installed`;
      accessSync(full, constants.R_OK);
    } catch (error) {
      return unreadable(full, (error as Error).message);
    }
  }
  return undefined;
}

async function hashProblem(
  folder: string,
  files: InstalledFiles,
  everyByte: boolean,
): Promise<string | undefined> {
  const seen = seenFiles(folder);
  const known = (path: string, file: InstalledFile): string | undefined => {
    const state = fileState(join(folder, path));
    return state && !everyByte ? hashKnownFor(state, seen[path], file) : undefined;
  };
  const unknown = Object.entries(files).filter(([path, file]) => known(path, file) === undefined);
  const paths = unknown.map(([path]) => path);
  const looked = paths.length === 0 ? {} : await lookAt(folder, paths);
  for (const [path, file] of Object.entries(files)) {
    const found = looked[path]?.sha256 ?? known(path, file);
    if (found === undefined) return `${join(folder, path)} cannot be read to its end`;
    if (found !== file.sha256) return `${join(folder, path)} was changed since it was installed`;
  }
  return undefined;
}

/** The hash of a file, if it was hashed in exactly this state. The latest hash has precedence over the install's. */
function hashKnownFor(
  state: FileState,
  seen: InstalledFile | undefined,
  installed: InstalledFile,
): string | undefined {
  if (seen && isSameState(seen, state)) return seen.sha256;
  return isSameState(installed, state) ? installed.sha256 : undefined;
}
