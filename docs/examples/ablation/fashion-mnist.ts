import {
  arrayDataset,
  type Dataset,
  type LabelledImages,
  readIdxFolder,
  standardization,
  subset,
  take,
} from '@cantrip/data';

/** The folder of Debian's package dataset-fashion-mnist. FASHION_MNIST sets another one. */
const folder = process.env['FASHION_MNIST'] ?? '/usr/share/datasets/fashion-mnist';

/** The mean and standard deviation of Fashion-MNIST's pixels. */
const normalization = standardization({ mean: 0.286, standardDeviation: 0.353 });

export interface TrainOptions {
  readonly images: number;
  /** The number of images before the first one; 0 by default. */
  readonly from?: number;
  readonly batch: number;
  /** Changes the labels before they are used. */
  readonly relabel?: (labels: Int32Array) => Int32Array;
}

/** Training images, shuffled again in each epoch. */
export async function trainImages({ images, from = 0, batch, relabel }: TrainOptions): Promise<Dataset> {
  const { inputs, targets } = await readIdxFolder(folder, { split: 'train' });
  const labels = { ...targets, values: relabel ? relabel(targets.values) : targets.values };
  const all = datasetOf({ inputs, targets: labels }, { batchSize: batch, shuffle: true });
  return subset(all, range(from, from + images));
}

/** The last training images, in order. Choices are made with these, so the test images stay unseen. */
export async function heldOutImages(images: number): Promise<Dataset> {
  const all = datasetOf(await readIdxFolder(folder, { split: 'train' }), { batchSize: 500, shuffle: false });
  return subset(all, range(all.size - images, all.size));
}

/** The first test images, in order. */
export async function testImages(images: number): Promise<Dataset> {
  const all = datasetOf(await readIdxFolder(folder, { split: 'test' }), { batchSize: 500, shuffle: false });
  return take(all, images);
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

function datasetOf(
  data: LabelledImages,
  options: { readonly batchSize: number; readonly shuffle: boolean },
): Dataset {
  return arrayDataset({ ...data, ...options, normalization, classes: 10 });
}
