import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeSynced } from '@cantrip/file-lock';
import type { io } from '@tensorflow/tfjs-core';
import { fileError, reasonOf } from './file-error.ts';
import { type ModelJson, readModelFiles } from './read-model-files.ts';

/** What was written. */
export interface WrittenModel {
  /** The model.json. */
  readonly path: string;
  /** The file of weights, in the same folder. */
  readonly weightsPath: string;
  /** The bytes of the weights. */
  readonly bytes: number;
}

/** The name of a file of weights that this function wrote, and may remove. */
const own = /^weights-[0-9a-f]{16}\.bin$/;

/**
 * Writes a model so that a reader finds the whole old one or the whole new one at any instant.
 *
 * The weights get a name of their own, from their content. The rename of the model.json, which names them, is the moment
 * of change. Then the files are read again and compared.
 *
 * @throws CantripError WEIGHTS_FILE; the model that was there is untouched
 */
export async function writeModelFiles(
  who: string,
  folder: string,
  artifacts: io.ModelArtifacts,
): Promise<WrittenModel> {
  const { weightSpecs = [], weightData, ...rest } = artifacts;
  const weights = bytesOf(weightData);
  const digest = createHash('sha256').update(weights).digest('hex');
  const name = `weights-${digest.slice(0, 16)}.bin`;
  const json = {
    ...rest,
    weightsManifest: [{ paths: [name], weights: weightSpecs }],
    sha256: { [name]: digest },
  };
  const path = join(folder, 'model.json');
  try {
    await mkdir(folder, { recursive: true });
    const before = await weightsOfModel(path);
    await writeWhole(join(folder, name), weights);
    await writeWhole(path, Buffer.from(JSON.stringify(json)));
    await syncFolder(folder);
    await readModelFiles(who, path);
    for (const old of before) if (old !== name && own.test(old)) await rm(join(folder, old), { force: true });
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'WEIGHTS_FILE') throw error;
    throw fileError(
      who,
      `cannot write ${folder}: ${reasonOf(error)}`,
      'Choose a folder that can be written',
      error,
    );
  }
  return { path, weightsPath: join(folder, name), bytes: weights.length };
}

function bytesOf(data: io.WeightData | undefined): Uint8Array {
  const parts = data === undefined ? [] : Array.isArray(data) ? data : [data];
  return Buffer.concat(parts.map((part) => new Uint8Array(part)));
}

/** The files of weights of the model that is there; none if there is none, or another kind of file. */
async function weightsOfModel(path: string): Promise<readonly string[]> {
  try {
    const { weightsManifest = [] } = JSON.parse(await readFile(path, 'utf8')) as Partial<ModelJson>;
    return weightsManifest.flatMap(({ paths }) => paths);
  } catch {
    return [];
  }
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  try {
    await writeSynced(unfinished, [bytes]);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}
