import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files of TensorFlow's wheel to keep, about 0.9 of 1.3 GB: the library and the notices. */
const kept = /^(libtensorflow_(cc|framework)\..*|THIRD_PARTY_NOTICES\.txt|LICENSE.*)$/;

/** Removes everything from a folder of unpacked wheels that training in Node does not need. */
export function keepLibrary(folder: string): void {
  keepOnly(folder, /^(tensorflow|nvidia|.*\.dist-info)$/);
  keepOnly(join(folder, 'tensorflow'), kept);
  for (const { name } of readFolders(folder).filter((entry) => entry.name.endsWith('.dist-info'))) {
    keepOnly(join(folder, name), /^(METADATA|LICENSE.*|NOTICE.*|License.*|licenses)$/);
  }
  // NVIDIA's headers are for compilers. XLA uses `bin` and `nvvm` of nvcc.
  for (const { name } of readFolders(join(folder, 'nvidia'))) {
    keepOnly(join(folder, 'nvidia', name), /^(lib|bin|nvvm)$/);
  }
}

/** The NVIDIA packages that this TensorFlow needs, from its `and-cuda` extra. */
export function cudaRequirements(folder: string): string[] {
  const info = readdirSync(folder).find((name) => /^tensorflow-.*\.dist-info$/.test(name));
  if (info === undefined) return [];
  return readFileSync(join(folder, info, 'METADATA'), 'utf8')
    .split('\n')
    .map((line) => /^Requires-Dist: (nvidia-[^;]+?) *;.*extra == ["']and-cuda["']/.exec(line)?.[1])
    .filter((requirement) => requirement !== undefined);
}

/** The size of all files in a folder, in bytes. */
export function folderSize(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function keepOnly(folder: string, pattern: RegExp): void {
  for (const { name } of readEntries(folder)) {
    if (!pattern.test(name)) rmSync(join(folder, name), { recursive: true });
  }
}

function readEntries(folder: string): { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readFolders(folder: string): { readonly name: string }[] {
  return readEntries(folder).filter((entry) => entry.isDirectory());
}
