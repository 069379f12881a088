import { constants } from 'node:buffer';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import { isCantripError } from '@cantrip/errors';
import { readSafetensors, type SafetensorsContent } from '@cantrip/safetensors';
import { codeOf, invalid, unreadable } from '../content/checkpoint-errors.ts';
import { decodeRun } from '../content/encode-run.ts';
import {
  type FileName,
  fileNames,
  type Manifest,
  manifestName,
  mostManifestBytes,
  parseManifest,
} from '../content/manifest.ts';
import type { SavedRun } from '../content/saved-run.ts';
import { tensorGroupsOf } from '../content/tensor-files.ts';
import { scanFile, WrongFile } from './scan-file.ts';

const allNames: readonly string[] = [manifestName, ...Object.values(fileNames)];

/**
 * Reads a checkpoint folder, and checks all of it before anything is returned.
 *
 * @throws CantripError CHECKPOINT_INVALID, CHECKPOINT_READ
 */
export async function readFolder(path: string): Promise<SavedRun> {
  return await withReasons(path, async () => {
    const manifest = await manifestOf(path);
    const weights = await readTensors(path, fileNames.weights, manifest);
    const state = await readTensors(path, fileNames.state, manifest);
    const names = { ...manifest.tensors, plugins: manifest.plugins };
    const groups = tensorGroupsOf(names, weights.tensors, state.tensors);
    if (typeof groups === 'string') throw invalid(path, `has a ${manifestName} that ${groups}`);
    return decodeRun(path, manifest, groups);
  });
}

/**
 * Reads the manifest of a checkpoint folder, and compares the sums of all files; `quickly` compares only their sizes.
 *
 * @throws CantripError CHECKPOINT_INVALID, CHECKPOINT_READ
 */
export async function verifyFolder(path: string, how: 'quickly' | 'wholly'): Promise<Manifest> {
  return await withReasons(path, async () => {
    const manifest = await manifestOf(path);
    for (const name of Object.values(fileNames)) {
      if (how === 'wholly') await scanTensors(path, name, manifest);
      else await compareSize(path, name, manifest);
    }
    return manifest;
  });
}

/** What is in a folder beside the files of a checkpoint; undefined if there is nothing else. */
export function strangerIn(names: readonly string[]): string | undefined {
  return names.find((name) => !allNames.includes(name));
}

async function manifestOf(path: string): Promise<Manifest> {
  const names = await fs.readdir(path);
  const missing = allNames.find((name) => !names.includes(name));
  if (missing === manifestName)
    throw invalid(path, `has no ${manifestName}, so it is no checkpoint or was not written to its end`);
  if (missing !== undefined) throw invalid(path, `has no ${missing}`);
  const stranger = strangerIn(names);
  if (stranger !== undefined) throw invalid(path, `holds ${stranger}, which is no part of a checkpoint`);
  const pieces: Uint8Array[] = [];
  await scanNamed(
    path,
    manifestName,
    (bytes) =>
      bytes > mostManifestBytes ? `has ${bytes} bytes, but at most ${mostManifestBytes} are read` : undefined,
    (piece) => void pieces.push(Uint8Array.from(piece)),
  );
  return parseManifest(path, Buffer.concat(pieces));
}

async function readTensors(path: string, name: FileName, manifest: Manifest): Promise<SafetensorsContent> {
  const size = manifest.files[name].bytes;
  if (size > constants.MAX_LENGTH) throw invalid(path, `has a ${name} that is larger than Node.js can hold`);
  let bytes = new Uint8Array(0);
  await scanTensors(path, name, manifest, (piece, at) => {
    // Not before the size of the file was compared.
    if (at === 0) bytes = new Uint8Array(size);
    bytes.set(piece, at);
  });
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (!isCantripError(error)) throw error;
    throw invalid(path, `has a ${name} that is no right safetensors file: ${error.what}`, error);
  }
}

async function scanTensors(
  path: string,
  name: FileName,
  manifest: Manifest,
  visit?: (piece: Uint8Array, at: number) => void,
): Promise<void> {
  const sum = await scanNamed(path, name, (bytes) => wrongSize(bytes, name, manifest), visit);
  if (sum === manifest.files[name].sha256) return;
  throw invalid(path, `has a ${name} that was changed after it was written: its sha256 differs`);
}

async function compareSize(path: string, name: FileName, manifest: Manifest): Promise<void> {
  const status = await fs.lstat(join(path, name));
  if (!status.isFile()) throw invalid(path, `has a ${name} that is a link or no ordinary file`);
  const refusal = wrongSize(status.size, name, manifest);
  if (refusal !== undefined) throw invalid(path, `has a ${name} that ${refusal}`);
}

function wrongSize(bytes: number, name: FileName, { files }: Manifest): string | undefined {
  const wanted = files[name].bytes;
  return bytes === wanted ? undefined : `has ${bytes} bytes instead of ${wanted}`;
}

async function scanNamed(
  path: string,
  name: string,
  checkSize: (bytes: number) => string | undefined,
  visit?: (piece: Uint8Array, at: number) => void,
): Promise<string> {
  try {
    return await scanFile(join(path, name), checkSize, visit);
  } catch (error) {
    if (error instanceof WrongFile) throw invalid(path, `has a ${name} that ${error.message}`, error);
    throw error;
  }
}

/** Turns errors of the file system into ours. */
async function withReasons<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCantripError(error)) throw error;
    if (codeOf(error) === 'ENOTDIR') throw invalid(path, 'is no folder', error);
    if (codeOf(error) === 'ELOOP') throw invalid(path, 'holds a link', error);
    throw unreadable(path, error);
  }
}
