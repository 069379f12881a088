import { join } from 'node:path';
import { readOrdinaryFile } from '@cantrip/file-lock';
import { safeParse } from 'valibot';
import { writeWhole } from '../files/write-whole.ts';
import { fileState, hashOfFile, isSameState } from './file-state.ts';
import { filesSchema, type InstalledFile, type InstalledFiles } from './manifest.ts';

/** What this process has hashed, by folder: a folder that can't be written to is hashed once a process. */
const seenHere = new Map<string, InstalledFiles>();

/** Beside the manifest, which nothing changes any more: the files that were hashed since, e.g. because the folder was copied. */
function memoryOf(folder: string): string {
  return join(folder, 'cantrip-seen.json');
}

/** What was last hashed in a folder. */
export function seenFiles(folder: string): InstalledFiles {
  return { ...rememberedFiles(folder), ...seenHere.get(folder) };
}

/** Hashes files of a folder and remembers them with the state that they were in; those that can't be read are left out. */
export async function lookAt(folder: string, paths: readonly string[]): Promise<InstalledFiles> {
  const looked: Record<string, InstalledFile> = {};
  for (const path of paths) {
    const file = await hashWithState(join(folder, path));
    if (file !== undefined) looked[path] = file;
  }
  const all = { ...seenFiles(folder), ...looked };
  seenHere.set(folder, all);
  remember(folder, all);
  return looked;
}

async function hashWithState(path: string): Promise<InstalledFile | undefined> {
  try {
    const before = fileState(path);
    const sha256 = await hashOfFile(path);
    const after = fileState(path);
    // What is written to meanwhile has no hash yet.
    return before && after && isSameState(before, after) ? { ...after, sha256 } : undefined;
  } catch {
    return undefined;
  }
}

function remember(folder: string, files: InstalledFiles): void {
  try {
    writeWhole(memoryOf(folder), `${JSON.stringify(files, undefined, 1)}\n`);
  } catch {
    // The folder is another's: each process looks for itself.
  }
}

function rememberedFiles(folder: string): InstalledFiles {
  try {
    const { success, output } = safeParse(filesSchema, JSON.parse(readOrdinaryFile(memoryOf(folder))));
    return success ? output : {};
  } catch {
    return {};
  }
}
