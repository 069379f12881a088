import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isPlainObject } from '@cantrip/errors';
import type { io } from '@tensorflow/tfjs-core';
import { fileError, reasonOf } from './file-error.ts';
import { bytesOfSpecs, type WeightSpec } from './weight-specs.ts';

/** A model.json, as TensorFlow.js writes it, and what exportModel adds to it. */
export interface ModelJson {
  readonly modelTopology: object;
  readonly format?: string;
  readonly generatedBy?: string;
  readonly convertedBy?: string | null;
  readonly trainingConfig?: io.TrainingConfig;
  readonly userDefinedMetadata?: Readonly<Record<string, unknown>>;
  readonly weightsManifest?: readonly ManifestGroup[];
  /** The sha256 of each file of weights. TensorFlow.js ignores it. */
  readonly sha256?: Readonly<Record<string, string>>;
}

export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

/**
 * Reads a model of TensorFlow.js from files, and checks all of them first.
 *
 * @param path - the model.json, or its folder
 * @throws CantripError WEIGHTS_FILE
 */
export async function readModelFiles(who: string, path: string): Promise<io.ModelArtifacts> {
  const file = await modelFile(who, path);
  const json = await readJson(who, file);
  const { modelTopology, weightsManifest, sha256, ...rest } = json;
  const parts: Uint8Array[] = [];
  for (const group of weightsManifest ?? []) parts.push(...(await readGroup(who, file, group, sha256)));
  const weightSpecs = (weightsManifest ?? []).flatMap(({ weights }) => weights);
  const doubled = bytesOfSpecs(weightSpecs);
  if (typeof doubled === 'string') throw notAModel(who, file, `has ${doubled}`);
  return {
    modelTopology,
    ...(pickKnown(rest) as Omit<io.ModelArtifacts, 'modelTopology'>),
    ...(weightsManifest && {
      weightSpecs: weightSpecs as unknown as io.WeightsManifestEntry[],
      weightData: joined(parts),
    }),
  };
}

/** The fields that TensorFlow.js's loaders hand on. */
function pickKnown(json: Omit<ModelJson, 'modelTopology'>): Partial<io.ModelArtifacts> {
  const { format, generatedBy, convertedBy, trainingConfig, userDefinedMetadata } = json;
  const known = { format, generatedBy, convertedBy, trainingConfig, userDefinedMetadata };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

async function modelFile(who: string, path: string): Promise<string> {
  const stats = await lstat(path).catch((error: unknown) => {
    throw fileError(who, `cannot find ${path}: ${reasonOf(error)}`, 'Pass the path of a model.json', error);
  });
  return stats.isDirectory() ? join(path, 'model.json') : path;
}

async function readJson(who: string, file: string): Promise<ModelJson> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(who, `cannot read ${file}: ${reasonOf(error)}`, 'Pass the path of a model.json', error);
  });
  const json = parse(text);
  if (!isPlainObject(json)) throw notAModel(who, file, 'is not a whole JSON object');
  if (json['format'] === 'graph-model')
    throw fileError(
      who,
      `got a graph model, ${file}`,
      'Load it with loadGraphModel of tfjs-converter; it cannot be trained',
    );
  if (!isPlainObject(json['modelTopology'])) throw notAModel(who, file, 'has no modelTopology');
  const { weightsManifest: manifest, sha256 } = json;
  if (manifest !== undefined && !isManifest(manifest))
    throw notAModel(who, file, 'has a weightsManifest that is no list of paths and weights');
  if (sha256 !== undefined && !isPlainObject(sha256))
    throw notAModel(who, file, 'has a sha256 that is no table');
  return json as unknown as ModelJson;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isManifest(value: unknown): value is readonly ManifestGroup[] {
  return (
    Array.isArray(value) &&
    value.every(
      (group) =>
        isPlainObject(group) &&
        Array.isArray(group['weights']) &&
        Array.isArray(group['paths']) &&
        group['paths'].every((path) => typeof path === 'string'),
    )
  );
}

/** The files of one group, which hold the bytes of its weights one behind the other. */
async function readGroup(
  who: string,
  file: string,
  { paths, weights }: ManifestGroup,
  sha256: ModelJson['sha256'] = {},
): Promise<Uint8Array[]> {
  const wanted = bytesOfSpecs(weights);
  if (typeof wanted === 'string') throw notAModel(who, file, `has ${wanted}`);
  const places: string[] = [];
  let found = 0;
  for (const path of paths) {
    // Else a model from elsewhere could have any file of this machine read.
    if (path !== basename(path) || /[\\/\0]|^\.{0,2}$/.test(path))
      throw notAModel(
        who,
        file,
        `names the weights ${JSON.stringify(path)}, which is not a file in its folder`,
      );
    const place = join(dirname(file), path);
    const stats = await lstat(place).catch((error: unknown) => {
      throw fileError(who, `misses ${place}: ${reasonOf(error)}`, 'Copy all files of the model', error);
    });
    if (!stats.isFile()) throw notAModel(who, file, `names ${path}, which is no ordinary file`);
    found += stats.size;
    places.push(place);
  }
  if (found !== wanted) {
    const files = paths.join(' and ') || 'no file';
    throw fileError(
      who,
      `needs ${wanted} bytes of weights for ${file}, but ${files} ${paths.length > 1 ? 'have' : 'has'} ${found}`,
      'Copy the files again, or save the model again',
    );
  }
  return Promise.all(places.map((place) => readPart(who, place, sha256)));
}

async function readPart(
  who: string,
  place: string,
  sha256: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const bytes = await readFile(place);
  const name = basename(place);
  const wanted = Object.hasOwn(sha256, name) ? sha256[name] : undefined;
  if (wanted === undefined || createHash('sha256').update(bytes).digest('hex') === wanted) return bytes;
  throw fileError(
    who,
    `finds that ${place} was changed: its sha256 is not that of the model.json`,
    'Copy the files again, or save the model again',
  );
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

function notAModel(who: string, file: string, what: string): Error {
  return fileError(
    who,
    `cannot use ${file}: it ${what}`,
    'Pass the model.json of a LayersModel that TensorFlow.js saved',
  );
}
