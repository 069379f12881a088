import { CantripError } from '@cantrip/errors';
import { fingerprint } from '@cantrip/ops';
import { fromSource } from '../dataset/from-source.ts';
import { withAugment } from '../dataset/check-augment.ts';
import { requirePath } from '../idx/require-path.ts';
import { normalize } from '../source/check-arrays.ts';
import type { Dataset } from '../source/dataset.ts';
import type { ImageFiles, ImageForm } from '../source/image-files.ts';
import { nodeModule } from '../source/node-module.ts';
import { withPadTarget } from '../source/pad-values.ts';
import type { SourceArray } from '../source/source.ts';
import { sizeOf } from './decode-image.ts';
import { imageAssembler, pixelsOf } from './image-assembler.ts';
import { type CheckedImageOptions, type ImageFolderOptions, parseImageOptions } from './image-options.ts';
import { loadSharp, type Sharp } from './load-sharp.ts';
import { scanFolder, type ScannedFolder } from './scan-folder.ts';

const who = 'imageFolder';
const gibibyte = 2 ** 30;

/** A file that could not be decoded. */
export interface SkippedImage {
  readonly file: string;
  readonly reason: string;
}

/** The images of a folder, as a dataset. */
export interface ImageDataset extends Dataset {
  /** The names of the classes, in the order of the class indices. */
  readonly classes: readonly string[];
  /** The files of the examples, relative to the folder, with slashes. */
  readonly files: readonly string[];
  /** The files that were left out because they are broken. */
  readonly skipped: readonly SkippedImage[];
}

/**
 * Makes a dataset of a folder with one folder of images for each class: `folder/cat/1.jpg`, `folder/dog/2.png`.
 *
 * The inputs are bytes [batch, height, width, channels], the targets are int32 class indices [batch]. Images are decoded when a
 * batch needs them, outside of the main thread, and kept in memory as bytes. PNG, JPEG and WebP files are read, also in
 * folders inside a class folder. The order of the classes is that of their names' code points, the same on every machine.
 * `split`, `kFold`, `take` and all other functions for datasets take the result.
 *
 * The package sharp must be installed.
 *
 * @throws CantripError OPTION_INVALID, DATA_NOT_FOUND, DATA_EMPTY, DATA_FORMAT, SHAPE_MISMATCH or DATA_LIBRARY_ABSENT
 * @example
 * ```ts
 * const pets = await imageFolder('pets', { size: 64, batchSize: 32, shuffle: true, augment: [randomFlip()] });
 * pets.classes; // ['cat', 'dog']
 * const [train, validation] = split(pets, { first: 0.8, seed: 1, stratify: true });
 * ```
 */
export async function imageFolder(folder: string, options: ImageFolderOptions): Promise<ImageDataset> {
  requirePath(who, 'folder', folder);
  const parsed = parseImageOptions(options);
  // The main thread loads it first: its native library must not be unloaded with a worker thread.
  const sharp = await loadSharp(who);
  const scanned = await scanFolder(nodeModule('path').resolve(folder), parsed.classes);
  const form = await formOf(sharp, nodeModule('path').resolve(folder), scanned, parsed);
  const all = filesOf(nodeModule('path').resolve(folder), scanned, form, parsed.cache);
  const { files, labels, skipped } =
    parsed.broken === 'skip'
      ? await withoutBroken(sharp, all, scanned)
      : { files: all, labels: scanned.labels, skipped: [] };
  const { batchSize, shuffle, dropLast, padLast, augment, normalization, prefetch } = parsed;
  const { height, width, channels } = form;
  const images: SourceArray = {
    name: undefined,
    values: new Uint8Array(0),
    files,
    shape: [height, width, channels],
    length: height * width * channels,
    augment: [],
  };
  const targets: SourceArray = { name: undefined, values: labels, shape: [], length: 1, augment: [] };
  const dataset = fromSource(
    {
      inputs: withAugment([normalization ? normalize('inputs', images, normalization) : images], augment),
      targets: padLast ? withPadTarget(who, [targets], parsed) : [targets],
      weights: [],
      count: files.names.length,
      selected: undefined,
      batchSize,
      shuffle,
      dropLast,
      padLast,
    },
    { who, prefetch, assemblerOf: imageAssembler },
  );
  return Object.assign(dataset, { classes: scanned.classes, files: files.names, skipped });
}

async function formOf(
  sharp: Sharp,
  folder: string,
  { names }: ScannedFolder,
  { size, fit, channels, background }: CheckedImageOptions,
): Promise<ImageForm> {
  if (size !== undefined) {
    const [height, width] = typeof size === 'number' ? [size, size] : size;
    return { height, width, channels, fit, background };
  }
  const [height, width] = await sizeOf(sharp, nodeModule('path').join(folder, names[0]!));
  return { height, width, channels, fit: undefined, background };
}

function filesOf(
  folder: string,
  { names, bytes }: ScannedFolder,
  form: ImageForm,
  wantsCache: boolean | undefined,
): ImageFiles {
  const size = names.length * form.height * form.width * form.channels;
  const signature = fingerprint([JSON.stringify([names, form]), bytes]);
  if (!(wantsCache ?? size <= gibibyte)) return { folder, names, form, signature };
  return { folder, names, form, signature, cache: cacheOf(names.length, size) };
}

function cacheOf(count: number, size: number): NonNullable<ImageFiles['cache']> {
  try {
    return {
      values: new Uint8Array(new SharedArrayBuffer(size)),
      ready: new Uint8Array(new SharedArrayBuffer(count)),
    };
  } catch (cause) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `cache needs ${(size / gibibyte).toFixed(1)} GiB for ${count} images, which is more than there is room for`,
      fix: 'Set cache to false, or use a smaller size',
      cause,
    });
  }
}

/** Decodes all images, and leaves out those that are broken. */
async function withoutBroken(
  sharp: Sharp,
  files: ImageFiles,
  { labels, names }: ScannedFolder,
): Promise<{ files: ImageFiles; labels: Int32Array; skipped: SkippedImage[] }> {
  const reasons = new Map<number, string>();
  const pending = names.keys();
  const decodeRest = async (): Promise<void> => {
    for (const example of pending) {
      await pixelsOf(sharp, files, example).catch((error: unknown) => {
        if (!(error instanceof CantripError) || error.code !== 'DATA_FORMAT') throw error;
        reasons.set(example, error.what);
      });
    }
  };
  await Promise.all(Array.from({ length: 8 }, decodeRest));
  if (reasons.size === 0) return { files, labels, skipped: [] };
  const kept = [...names.keys()].filter((example) => !reasons.has(example));
  if (kept.length === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `none of the ${names.length} images in ${files.folder} can be decoded`,
      fix: 'Check how the files were made; the first one fails with: ' + reasons.get(0)!,
    });
  }
  return {
    files: pick(files, kept),
    labels: Int32Array.from(kept, (example) => labels[example]!),
    skipped: [...reasons.keys()]
      .sort((a, b) => a - b)
      .map((at) => ({ file: names[at]!, reason: reasons.get(at)! })),
  };
}

function pick(files: ImageFiles, kept: readonly number[]): ImageFiles {
  const { form, cache } = files;
  const names = kept.map((example) => files.names[example]!);
  const length = form.height * form.width * form.channels;
  const signature = fingerprint([files.signature, Uint32Array.from(kept)]);
  if (!cache) return { ...files, names, signature };
  const compact = cacheOf(kept.length, kept.length * length);
  kept.forEach((example, at) =>
    compact.values.set(cache.values.subarray(example * length, (example + 1) * length), at * length),
  );
  compact.ready.fill(1);
  return { ...files, names, signature, cache: compact };
}
