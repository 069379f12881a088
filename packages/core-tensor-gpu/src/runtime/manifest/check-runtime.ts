import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { fileState, type FileState, isSameState } from './file-state.ts';
import { type InstalledFile, type InstalledFiles, readManifest, unreadable } from './manifest.ts';
import { lookAt, seenFiles } from './seen-files.ts';

/** What a manifest tells of the folder that it lies in. */
export interface RuntimeCheck {
  /** Whether there is a manifest. */
  readonly hasManifest: boolean;
  /** What is not as it was installed: one sentence without its full stop, with the file's path. */
  readonly problem?: string;
}

/**
 * Compares a runtime with its manifest. Sizes are compared at each call; bytes are hashed where size, time or inode are
 * others than when they were last hashed, or all of them where `everyByte` is asked for.
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

/** Asks for all sizes before anything is hashed: they cost nothing. */
function sizeProblem(folder: string, files: InstalledFiles): string | undefined {
  for (const [path, { size }] of Object.entries(files)) {
    const full = join(folder, path);
    try {
      const found = fileState(full);
      if (found === undefined) return `${full} is missing`;
      if (found.size < size) return `${full} is cut off: ${found.size} of ${size} bytes are there`;
      if (found.size > size) return `${full} has ${found.size} bytes, and ${size} were installed`;
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
    if (found === undefined) return `${join(folder, path)} can't be read to its end`;
    if (found !== file.sha256) return `${join(folder, path)} was altered since it was installed`;
  }
  return undefined;
}

/** The hash of a file in this state, where it was hashed in that very state. What was seen last counts before the install. */
function hashKnownFor(
  state: FileState,
  seen: InstalledFile | undefined,
  installed: InstalledFile,
): string | undefined {
  if (seen && isSameState(seen, state)) return seen.sha256;
  return isSameState(installed, state) ? installed.sha256 : undefined;
}
