import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of TensorFlow's wheel the library and the notices are kept: of 1.3 GB some 0.9. */
const kept = /^(libtensorflow_(cc|framework)\..*|THIRD_PARTY_NOTICES\.txt|LICENSE.*)$/;

/** Removes from a folder of unpacked wheels all that training in Node has no use for. */
export function keepLibrary(folder: string): void {
  keepOnly(folder, /^(tensorflow|nvidia|.*\.dist-info)$/);
  keepOnly(join(folder, 'tensorflow'), kept);
  for (const { name } of readFolders(folder).filter((entry) => entry.name.endsWith('.dist-info'))) {
    keepOnly(join(folder, name), /^(METADATA|LICENSE.*|NOTICE.*|License.*|licenses)$/);
  }
  // NVIDIA's headers serve compilers; `bin` and `nvvm` of nvcc serve XLA.
  for (const { name } of readFolders(join(folder, 'nvidia'))) {
    keepOnly(join(folder, 'nvidia', name), /^(lib|bin|nvvm)$/);
  }
}

/** NVIDIA's packages that this TensorFlow needs, as its `and-cuda` extra names them. */
export function cudaRequirements(folder: string): string[] {
  const info = readdirSync(folder).find((name) => /^tensorflow-.*\.dist-info$/.test(name));
  if (info === undefined) return [];
  return readFileSync(join(folder, info, 'METADATA'), 'utf8')
    .split('\n')
    .map((line) => /^Requires-Dist: (nvidia-[^;]+?) *;.*extra == ["']and-cuda["']/.exec(line)?.[1])
    .filter((requirement) => requirement !== undefined);
}

/** Bytes of all files in a folder. */
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
