import {
  arrayDataset,
  type Dataset,
  type LabelledImages,
  readIdxFolder,
  standardization,
  take,
} from '@cantrip/data';

/** Where Debian's package dataset-fashion-mnist puts its files; FASHION_MNIST names another folder. */
const folder = process.env['FASHION_MNIST'] ?? '/usr/share/datasets/fashion-mnist';

/** The mean and deviation of Fashion-MNIST's pixels. */
const normalization = standardization({ mean: 0.286, standardDeviation: 0.353 });

export interface TrainOptions {
  readonly images: number;
  readonly batch: number;
  /** Changes the labels before they are used. */
  readonly relabel?: (labels: Int32Array) => Int32Array;
}

/** The first training images, shuffled anew in each epoch. */
export async function trainImages({ images, batch, relabel }: TrainOptions): Promise<Dataset> {
  const { inputs, targets } = await readIdxFolder(folder, { split: 'train' });
  const labels = { ...targets, values: relabel ? relabel(targets.values) : targets.values };
  return datasetOf({ inputs, targets: labels }, { images, batchSize: batch, shuffle: true });
}

/** The first test images, in order. */
export async function testImages(images: number): Promise<Dataset> {
  return datasetOf(await readIdxFolder(folder, { split: 'test' }), {
    images,
    batchSize: 500,
    shuffle: false,
  });
}

function datasetOf(
  data: LabelledImages,
  { images, ...options }: { readonly images: number; readonly batchSize: number; readonly shuffle: boolean },
): Dataset {
  return take(arrayDataset({ ...data, ...options, normalization, classes: 10 }), images);
}
