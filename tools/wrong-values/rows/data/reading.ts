import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { options, type Rows } from '../../row.ts';
import { flag, integer, nothing, number, oneOf, optional, optionalOptions } from '../../rules.ts';
import { channels } from './data-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'cantrip-wrong-values-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** An IDX file of zeros. */
function idx(name: string, ...shape: number[]): string {
  const path = join(folder, name);
  const header = shape.flatMap((size) => [0, 0, 0, size]);
  const size = shape.reduce((product, length) => product * length, 1);
  writeFileSync(path, Uint8Array.from([0, 0, 8, shape.length, ...header, ...Array<number>(size).fill(0)]));
  return path;
}

const images = idx('train-images-idx3-ubyte', 2, 1, 1);
idx('train-labels-idx1-ubyte', 2);

/** Files, and what is done to images. */
export const readingRows: Rows = {
  randomCrop: {
    right: () => [{ padding: 1 }],
    legal: [options({ padding: integer({ min: 0, max: 1024 }), fill: optional(number()) })],
  },
  randomFlip: {
    right: () => [{}],
    legal: [
      options(
        {
          probability: optional(number({ min: 0, max: 1 })),
          axis: optional(oneOf('horizontal', 'vertical')),
        },
        optionalOptions,
      ),
    ],
  },
  readIdx: {
    right: () => [images, {}],
    legal: [nothing, options({ maxBytes: optional(integer({ min: 2 })) }, optionalOptions)],
  },
  readIdxFolder: {
    right: () => [folder, { split: 'train' }],
    legal: [
      nothing,
      options({
        split: oneOf('train'),
        prefix: optional(oneOf('')),
        asPublished: optional(flag),
      }),
    ],
  },
  standardization: {
    right: () => [{}],
    legal: [
      options(
        { mean: optional(channels(2)), standardDeviation: optional(number({ above: 0 })) },
        optionalOptions,
      ),
    ],
  },
  trivialAugment: {
    right: () => [{}],
    legal: [
      options(
        {
          bins: optional(integer({ min: 2, max: 1024 })),
          fill: optional(integer({ min: 0, max: 255 })),
        },
        optionalOptions,
      ),
    ],
  },
};
