import { CantripError } from '@cantrip/errors';
import type { IdxArray } from './read-idx.ts';

/** Images and their classes, ready for `arrayDataset`. */
export interface LabelledImages {
  /** [examples, height, width, channels], uint8. */
  readonly inputs: { readonly values: Uint8Array; readonly shape: readonly number[] };
  /** [examples], class indices. */
  readonly targets: { readonly values: Int32Array; readonly shape: readonly number[] };
}

/** The number of columns of QMNIST's labels. The first is the class; the others describe the writer. */
const qmnistColumns = 8;

/** Images as they are in the file, with an axis for channels. */
export function asImages(path: string, { values, shape }: IdxArray): LabelledImages['inputs'] {
  if (!(values instanceof Uint8Array) || shape.length < 3 || shape.length > 4) {
    throw mislabelled(path, { values, shape }, 'images [examples, height, width] of uint8');
  }
  return { values, shape: shape.length === 3 ? [...shape, 1] : shape };
}

/** Labels as they are in the file; of QMNIST's 8 columns, the class. */
export function asLabels(path: string, { values, shape }: IdxArray): LabelledImages['targets'] {
  const columns = shape.length === 2 && values instanceof Int32Array ? shape[1] : 1;
  const isQmnist = columns === qmnistColumns;
  if (values instanceof Float32Array || (shape.length !== 1 && !isQmnist)) {
    throw mislabelled(path, { values, shape }, 'labels [examples] of whole numbers');
  }
  const examples = shape[0]!;
  const targets = new Int32Array(new SharedArrayBuffer(4 * examples));
  for (let example = 0; example < examples; example++) {
    targets[example] = values[isQmnist ? example * qmnistColumns : example]!;
  }
  return { values: targets, shape: [examples] };
}

/** Whether a set is one of EMNIST's, by the prefix before `train-images…`. */
export function isEmnist(prefix: string): boolean {
  return /^emnist(?:-|$)/i.test(prefix);
}

/** EMNIST's images are published with rows and columns swapped. This swaps them back, so they are upright. */
export function uprightImages({ values, shape }: LabelledImages['inputs']): LabelledImages['inputs'] {
  const [examples = 0, width = 0, height = 0, channels = 0] = shape;
  const upright = new Uint8Array(new SharedArrayBuffer(values.length));
  const perImage = width * height * channels;
  for (let target = 0; target < values.length; target++) {
    const within = target % perImage;
    const channel = within % channels;
    const pixel = (within - channel) / channels;
    const x = pixel % width;
    const y = (pixel - x) / width;
    upright[target] = values[target - within + (x * height + y) * channels + channel]!;
  }
  return { values: upright, shape: [examples, height, width, channels] };
}

/**
 * EMNIST's letters are published as 1 to 26. This returns the class indices 0 (a) to 25 (z).
 *
 * @throws CantripError DATA_FORMAT if there is another label
 */
export function letterClasses(path: string, targets: LabelledImages['targets']): LabelledImages['targets'] {
  const stranger = targets.values.findIndex((label) => label < 1 || label > 26);
  if (stranger >= 0) {
    throw new CantripError('DATA_FORMAT', {
      who: 'readIdxFolder',
      what: `labels of EMNIST's letters must be 1 to 26, got ${targets.values[stranger]} as label ${stranger} in ${path}`,
      fix: 'Set asPublished: true to read labels and images unchanged',
    });
  }
  return { ...targets, values: targets.values.map((label) => label - 1) };
}

function mislabelled(path: string, { values, shape }: IdxArray, expected: string): CantripError {
  const type = values instanceof Uint8Array ? 'uint8' : values instanceof Int32Array ? 'int32' : 'float32';
  return new CantripError('DATA_FORMAT', {
    who: 'readIdxFolder',
    what: `${path} must hold ${expected}, got [${shape.join(', ')}] ${type} values`,
    fix: 'Check that the files of images and labels are not swapped',
  });
}
