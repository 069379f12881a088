import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What lies in a folder of parts, besides the parts: which files they hold, and the hash of each. */
export interface Manifest {
  readonly format: 1;
  readonly parts: readonly Part[];
  /** The content of a group's files, one behind the other, is one stream. Blocks of it lie in the group's parts. */
  readonly groups: readonly Group[];
}

export interface Part {
  readonly name: string;
  readonly group: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Group {
  readonly name: string;
  readonly files: readonly PackedFile[];
  readonly blocks: readonly Block[];
}

export interface PackedFile {
  /** Below the folder in which the kit is put together. */
  readonly path: string;
  readonly bytes: number;
  readonly mode: number;
  readonly sha256: string;
  /** A link to this path instead of a file. */
  readonly link?: string;
}

/** A piece of a group's stream, compressed by itself, so that every part can be unpacked alone. */
export interface Block {
  readonly part: string;
  /** Where it lies in its part. */
  readonly at: number;
  readonly stored: number;
  /** Of the stream. */
  readonly bytes: number;
}

export const manifestFile = 'manifest.json';

/** @throws Error if the folder holds no manifest of this format */
export function readManifest(folder: string): Manifest {
  const path = join(folder, manifestFile);
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as Partial<Manifest>;
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as Error).message}). Copy it there again.`, {
      cause: error,
    });
  }
  if (manifest.format !== 1) throw new Error(`${path} has the format ${manifest.format}, not 1.`);
  return manifest as Manifest;
}
