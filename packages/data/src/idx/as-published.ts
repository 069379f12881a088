import { CantripError } from '@cantrip/errors';
import type { IdxArray } from './read-idx.ts';

/** Images and their classes, ready for `arrayDataset`. */
export interface LabelledImages {
  /** [examples, height, width, channels], uint8. */
  readonly inputs: { readonly values: Uint8Array; readonly shape: readonly number[] };
  /** [examples], class indices. */
  readonly targets: { readonly values: Int32Array; readonly shape: readonly number[] };
}

/** Columns of QMNIST's labels; the first is the class, the others tell of the writer. */
const qmnistColumns = 8;

/** Images as they lie in the file, with an axis of channels. */
export function asImages(path: string, { values, shape }: IdxArray): LabelledImages['inputs'] {
  if (!(values instanceof Uint8Array) || shape.length < 3 || shape.length > 4) {
    throw mislabelled(path, { values, shape }, 'images [examples, height, width] of uint8');
  }
  return { values, shape: shape.length === 3 ? [...shape, 1] : shape };
}

/** Labels as they lie in the file: of QMNIST's 8 columns the one that holds the class. */
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

/** Whether a set, named by what stands before `train-images…`, is one of EMNIST's. */
export function isEmnist(prefix: string): boolean {
  return /^emnist(?:-|$)/i.test(prefix);
}

/** EMNIST's images are published with rows and columns exchanged: exchanges them again, so that they stand upright. */
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
 * EMNIST's letters are published as 1 to 26: gives the class indices 0 (a) to 25 (z).
 *
 * @throws CantripError DATA_FORMAT where there is another label
 */
export function letterClasses(path: string, targets: LabelledImages['targets']): LabelledImages['targets'] {
  const stranger = targets.values.findIndex((label) => label < 1 || label > 26);
  if (stranger >= 0) {
    throw new CantripError('DATA_FORMAT', {
      who: 'readIdxFolder',
      what: `label ${stranger} in ${path} is ${targets.values[stranger]}, where EMNIST's letters are 1 to 26`,
      fix: 'Give asPublished: true for the labels and images as they lie in the files',
    });
  }
  return { ...targets, values: targets.values.map((label) => label - 1) };
}

function mislabelled(path: string, { values, shape }: IdxArray, expected: string): CantripError {
  const type = values instanceof Uint8Array ? 'uint8' : values instanceof Int32Array ? 'int32' : 'float32';
  return new CantripError('DATA_FORMAT', {
    who: 'readIdxFolder',
    what: `${path} holds [${shape.join(', ')}] ${type} values, where ${expected} are expected`,
    fix: 'Check that the files of images and labels are not exchanged',
  });
}
