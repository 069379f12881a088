import { join } from 'node:path';
import { readOrdinaryFile } from '@cantrip/file-lock';
import { safeParse } from 'valibot';
import { writeWhole } from '../files/write-whole.ts';
import { fileState, hashOfFile, isSameState } from './file-state.ts';
import { filesSchema, type InstalledFile, type InstalledFiles } from './manifest.ts';

/** Files hashed by this process, by folder. So a read-only folder is hashed once per process. */
const seenHere = new Map<string, InstalledFiles>();

/**
 * A file next to the manifest, which never changes. It lists the files hashed since the install, e.g. because the
 * folder was copied.
 */
function memoryOf(folder: string): string {
  return join(folder, 'cantrip-seen.json');
}

/** The files last hashed in a folder. */
export function seenFiles(folder: string): InstalledFiles {
  return { ...rememberedFiles(folder), ...seenHere.get(folder) };
}

/**
 * Hashes files of a folder and stores the hashes with the state of the files. Files that cannot be read are left
 * out.
 */
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
    // A file that was written during hashing gets no hash.
    return before && after && isSameState(before, after) ? { ...after, sha256 } : undefined;
  } catch {
    return undefined;
  }
}

function remember(folder: string, files: InstalledFiles): void {
  try {
    writeWhole(memoryOf(folder), `${JSON.stringify(files, undefined, 1)}\n`);
  } catch {
    // The folder is not writable, so each process hashes the files itself.
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
