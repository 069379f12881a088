import { trainingShare } from '../data/require-parts.ts';
import type { FoundData, ImageData } from '../data/found-data.ts';
import { tableDataFile } from './table-data-file.ts';

/** data.ts: reads the data, and divides them. */
export function dataFile(data: FoundData): string {
  if (data.kind === 'example') return example;
  return data.kind === 'images' ? imageDataFile(data) : tableDataFile(data);
}

const imageDataFile = ({
  size: [height, width],
}: ImageData): string => `import { rebatch, split, standardization } from '@cantrip/data';
import { imageFolder } from '@cantrip/data/images';

/** The size to which all images are brought. */
const [height, width] = [${height}, ${width}];

/** Reads a folder with a folder of images for each class. One image of five is for validation. */
export async function readData({ data, batchSize, seed }: { data: string; batchSize: number; seed: number }) {
  const all = await imageFolder(data, {
    size: [height, width],
    batchSize,
    shuffle: true,
    // augment: [randomFlip()], if a mirrored image has the same class
    normalization: standardization({ mean: 0.5, standardDeviation: 0.25 }),
  });
  const [train, rest] = split(all, { first: ${trainingShare}, seed, stratify: true });
  return {
    train,
    validation: rebatch(rest, { batchSize }), // neither shuffled nor augmented
    inputShape: [height, width, 3],
    outputs: all.classes.length,
  };
}
`;

const example = `import { arrayDataset } from '@cantrip/data';

/** Computes points of two spirals, which the model learns to tell apart. Read your own data here. */
export async function readData({ batchSize }: { batchSize: number }) {
  return {
    train: arrayDataset({ ...spirals(1000, 0), batchSize, shuffle: true }),
    validation: arrayDataset({ ...spirals(200, 0.5), batchSize }),
    inputShape: [2],
    outputs: 2,
  };
}

/** Examples with the inputs x and y, and the targets 0 and 1. */
function spirals(count: number, offset: number) {
  const inputs = new Float32Array(2 * count);
  const targets = new Int32Array(count);
  for (let at = 0; at < count; at++) {
    const spiral = at % 2;
    const turn = (at + offset) / count;
    const angle = 2 * Math.PI * turn + Math.PI * spiral;
    inputs.set([3 * turn * Math.cos(angle), 3 * turn * Math.sin(angle)], 2 * at);
    targets[at] = spiral;
  }
  return { inputs: { values: inputs, shape: [count, 2] }, targets: { values: targets, shape: [count] } };
}
`;
