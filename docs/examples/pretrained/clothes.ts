import { arrayDataset, type Dataset, readIdxFolder } from '@cantrip/data';
import * as tf from '@tensorflow/tfjs-core';

/** The folder of Debian's package dataset-fashion-mnist. FASHION_MNIST sets another one. */
const folder = process.env['FASHION_MNIST'] ?? '/usr/share/datasets/fashion-mnist';

const CLASSES = 10;

/** The last training images. No network trains on them; update rules are chosen by them. */
const HELD_OUT = 1000;

export interface FewImages {
  /** Images of each class. */
  readonly perClass: number;
  /** Other images for each seed. */
  readonly seed: number;
  readonly size: number;
  readonly batch: number;
}

/** A few training images of each class, as colour images of another size. The device must be open. */
export async function fewClothes({ perClass, seed, size, batch }: FewImages): Promise<Dataset> {
  const { inputs, targets } = await readIdxFolder(folder, { split: 'train' });
  const chosen: number[] = [];
  const counts = new Map<number, number>();
  // Each seed takes its images from another part.
  for (let at = seed * 1000; chosen.length < perClass * CLASSES; at++) {
    const index = at % (targets.values.length - HELD_OUT);
    const label = targets.values[index]!;
    const count = counts.get(label) ?? 0;
    if (count < perClass) chosen.push(index);
    counts.set(label, count + 1);
  }
  return dataset(inputs.values, targets.values, chosen, { size, batch, shuffle: true });
}

/** The first of the training images that no network trains on. */
export async function heldOutClothes(count: number, size: number): Promise<Dataset> {
  const { inputs, targets } = await readIdxFolder(folder, { split: 'train' });
  const first = targets.values.length - HELD_OUT;
  const chosen = Array.from({ length: count }, (_, index) => first + index);
  return dataset(inputs.values, targets.values, chosen, { size, batch: 100, shuffle: false });
}

/** The first test images. */
export async function testClothes(count: number, size: number): Promise<Dataset> {
  const { inputs, targets } = await readIdxFolder(folder, { split: 'test' });
  const first = Array.from({ length: count }, (_, index) => index);
  return dataset(inputs.values, targets.values, first, { size, batch: 100, shuffle: false });
}

interface Form {
  readonly size: number;
  readonly batch: number;
  readonly shuffle: boolean;
}

function dataset(
  pixels: Uint8Array,
  labels: Int32Array,
  chosen: readonly number[],
  { size, batch, shuffle }: Form,
): Dataset {
  const images = tf.tidy(() => {
    const bytes = chosen.flatMap((index) => [...pixels.subarray(index * 784, (index + 1) * 784)]);
    const grey = tf.tensor4d(bytes, [chosen.length, 28, 28, 1]);
    const large = tf.image.resizeBilinear(grey, [size, size], false, true);
    return tf.tile(tf.div(tf.sub(large, 127), 128), [1, 1, 1, 3]);
  });
  const values = Float32Array.from(images.dataSync());
  images.dispose();
  return arrayDataset({
    inputs: { values, shape: [chosen.length, size, size, 3] },
    targets: { values: Int32Array.from(chosen, (index) => labels[index]!), shape: [chosen.length] },
    classes: CLASSES,
    batchSize: batch,
    shuffle,
  });
}
