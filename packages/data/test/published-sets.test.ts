import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readIdxFolder } from '@cantrip/data';
import { describe, expect, it } from 'vitest';
import { folderOf, idxBytes } from './fixtures/idx-bytes.ts';

const int32 = 0x0c;

describe("QMNIST's files", () => {
  const images = gzipSync(idxBytes([2, 3, 3], Buffer.alloc(18, 1)));
  // Class, series, writer, number, class in NIST's code, index, two unused.
  const rows = [
    [7, 4, 3756, 91, 55, 0, 0, 0],
    [3, 0, 26, 55, 51, 1, 0, 0],
  ];
  const bytes = Buffer.alloc(64);
  rows.flat().forEach((value, index) => bytes.writeInt32BE(value, 4 * index));
  const labels = gzipSync(idxBytes([2, 8], bytes, int32));

  it.each(['train', 'test'] as const)(
    'are found, and the class is the first of 8 numbers (%s)',
    async (split) => {
      const folder = folderOf({
        [`qmnist-${split}-images-idx3-ubyte.gz`]: images,
        [`qmnist-${split}-labels-idx2-int.gz`]: labels,
      });
      const { inputs, targets } = await readIdxFolder(folder, { split });
      expect(inputs.shape).toEqual([2, 3, 3, 1]);
      expect(targets).toEqual({ values: Int32Array.of(7, 3), shape: [2] });
    },
  );

  it('are refused where there are not 8 numbers a label', async () => {
    const folder = folderOf({
      'qmnist-train-images-idx3-ubyte.gz': images,
      'qmnist-train-labels-idx2-int': idxBytes([2, 4], bytes.subarray(0, 32), int32),
    });
    await expect(readIdxFolder(folder, { split: 'train' })).rejects.toThrow(
      /must hold labels \[examples\] of whole numbers, got \[2, 4\] int32 values/,
    );
  });
});

describe("EMNIST's files", () => {
  // Two images of 2 x 3, as published: columns first.
  const images = idxBytes([2, 2, 3], Buffer.of(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16));
  const folder = (set: string, ...labels: number[]): string =>
    folderOf({
      [`emnist-${set}-train-images-idx3-ubyte`]: images,
      [`emnist-${set}-train-labels-idx1-ubyte`]: idxBytes([2], Buffer.from(labels)),
    });

  it.each(['balanced', 'byclass', 'bymerge', 'digits', 'letters', 'mnist'])(
    'of the set %s give images that stand upright',
    async (set) => {
      const { inputs } = await readIdxFolder(folder(set, 1, 2), { split: 'train' });
      expect(inputs.shape).toEqual([2, 3, 2, 1]);
      expect([...inputs.values]).toEqual([1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16]);
    },
  );

  it('number the letters from 0 (a) to 25 (z), so that 26 outputs fit', async () => {
    const { targets } = await readIdxFolder(folder('letters', 1, 26), { split: 'train' });
    expect([...targets.values]).toEqual([0, 25]);
  });

  it('keep the labels of every other set', async () => {
    const { targets } = await readIdxFolder(folder('balanced', 0, 46), { split: 'train' });
    expect([...targets.values]).toEqual([0, 46]);
  });

  it('are given as they lie there where that is asked for', async () => {
    const options = { split: 'train', asPublished: true } as const;
    const { inputs, targets } = await readIdxFolder(folder('letters', 1, 26), options);
    expect(inputs.shape).toEqual([2, 2, 3, 1]);
    expect([...inputs.values.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...targets.values]).toEqual([1, 26]);
  });

  it.each([0, 27])('refuse %i for a letter', async (label) => {
    await expect(readIdxFolder(folder('letters', 3, label), { split: 'train' })).rejects.toThrow(
      new RegExp(
        `labels of EMNIST's letters must be 1 to 26, got ${label} as label 1 in .*\\. .*DATA_FORMAT`,
      ),
    );
  });
});

describe('beside the file that is wanted', () => {
  const images = idxBytes([2, 3, 3], Buffer.alloc(18, 1));
  const labels = idxBytes([2], Buffer.of(4, 5));

  it('a folder of its name is passed over', async () => {
    const folder = folderOf({
      'train-images.idx3-ubyte': images,
      'train-labels-idx1-ubyte.gz': gzipSync(labels),
    });
    mkdirSync(join(folder, 'train-images-idx3-ubyte'));
    mkdirSync(join(folder, 'train-labels-idx1-ubyte'));
    const { targets } = await readIdxFolder(folder, { split: 'train' });
    expect([...targets.values]).toEqual([4, 5]);
  });

  it('a link is followed, and one that leads nowhere is passed over', async () => {
    const elsewhere = folderOf({ images });
    const folder = folderOf({ 'train-labels.idx1-ubyte': labels });
    symlinkSync(join(elsewhere, 'images'), join(folder, 'train-images-idx3-ubyte'));
    symlinkSync(join(elsewhere, 'nothing'), join(folder, 'train-labels-idx1-ubyte'));
    const { inputs } = await readIdxFolder(folder, { split: 'train' });
    expect(inputs.shape).toEqual([2, 3, 3, 1]);
  });

  it("what macOS's archives leave is passed over", async () => {
    const folder = folderOf({ 'train-images-idx3-ubyte': images, 'train-labels-idx1-ubyte': labels });
    writeFileSync(join(folder, '._train-images-idx3-ubyte'), 'Mac OS X');
    expect((await readIdxFolder(folder, { split: 'train' })).inputs.shape).toEqual([2, 3, 3, 1]);
  });

  it('nothing else is taken where only a folder bears the name, which is said', async () => {
    const folder = folderOf({ 'train-labels-idx1-ubyte': labels });
    mkdirSync(join(folder, 'train-images-idx3-ubyte'));
    await expect(readIdxFolder(folder, { split: 'train' })).rejects.toThrow(
      /must hold the file train-images-idx3-ubyte, .*it holds train-images-idx3-ubyte \(a folder\), train-labels/,
    );
  });

  it('labels of another set are not taken for those of the images', async () => {
    const folder = folderOf({ 'a-train-images-idx3-ubyte': images, 'b-train-labels-idx1-ubyte': labels });
    await expect(readIdxFolder(folder, { split: 'train' })).rejects.toThrow(
      /must be of the same set, got .*DATA_NOT_FOUND/,
    );
  });
});
