import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { closeSync, openSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readIdx, readIdxFolder } from '@cantrip/data';
import { describe, expect, it } from 'vitest';
import { fileOf, folderOf, idxBytes } from './fixtures/idx-bytes.ts';
import { runFixture } from './fixtures/run-fixture.ts';

const onUnix = process.platform !== 'win32';

/** A pipe that nobody writes into. */
function pipeIn(folder: string, name: string): string {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return path;
}

/** A file that takes no room on the disk: a header, and zeros as far as it announces. */
function sparseFile(shape: readonly number[], code: number, bytes: number): string {
  const path = fileOf('', 'sparse');
  const file = openSync(path, 'r+');
  const header = idxBytes(shape, new Uint8Array(0), code);
  writeSync(file, header);
  closeSync(file);
  truncateSync(path, header.length + bytes);
  return path;
}

describe.skipIf(!onUnix)('what is no ordinary file', () => {
  it('a pipe is refused at once, and as many as there are threads for files leave these free', async () => {
    const folder = folderOf({ good: idxBytes([2], Buffer.of(1, 2)) });
    const pipes = Array.from({ length: 8 }, (_, index) => pipeIn(folder, `pipe-${index}`));
    // In a process of its own: where this fails, no file could be read here any more.
    const printed = await runFixture('read-files.ts', ...pipes, join(folder, 'good'));
    expect(printed.split('\n')).toEqual([
      ...pipes.map(
        (path) =>
          `[readIdx] ${path} must be a file, but it is a pipe. Write its content to a file, and pass the path of that file. (DATA_NOT_FOUND)`,
      ),
      '1,2',
    ]);
  });

  it.each([
    ['/dev/zero', 'a device'],
    ['/dev/null', 'a device'],
  ])('%s is refused as %s', async (path, kind) => {
    await expect(readIdx(path)).rejects.toThrow(`${path} must be a file, but it is ${kind}`);
  });

  it('what a link leads to is refused as if it were named itself, and a loop of links is', async () => {
    const folder = folderOf({});
    pipeIn(folder, 'pipe');
    for (const [name, target] of [
      ['to-pipe', 'pipe'],
      ['to-folder', '.'],
      ['to-device', '/dev/zero'],
      ['loop', 'loop'],
      ['to-nothing', 'nothing'],
    ] as const) {
      symlinkSync(target, join(folder, name));
    }
    await expect(readIdx(join(folder, 'to-pipe'))).rejects.toThrow(
      'to-pipe must be a file, but it is a pipe',
    );
    await expect(readIdx(join(folder, 'to-folder'))).rejects.toThrow(
      'to-folder must be a file, but it is a folder',
    );
    await expect(readIdx(join(folder, 'to-device'))).rejects.toThrow(
      'to-device must be a file, but it is a device',
    );
    await expect(readIdx(join(folder, 'loop'))).rejects.toThrow('loop cannot be opened (ELOOP)');
    await expect(readIdx(join(folder, 'to-nothing'))).rejects.toThrow('there is no file');
  });

  it('a socket is refused', async () => {
    const path = join(folderOf({}), 'socket');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(readIdx(path)).rejects.toThrow(`${path} must be a file, but it is a socket`);
    server.close();
  });

  it('a pipe of the right name in a folder is passed over', async () => {
    const folder = folderOf({
      'train-images-idx3-ubyte.gz': gzipSync(idxBytes([1, 2, 2], Buffer.alloc(4))),
      'train-labels-idx1-ubyte': idxBytes([1], Buffer.of(3)),
    });
    pipeIn(folder, 'train-images-idx3-ubyte');
    expect((await readIdxFolder(folder, { split: 'train' })).inputs.shape).toEqual([1, 2, 2, 1]);
  });
});

describe('a file larger than is allowed', () => {
  it('is refused in one sentence where it is plain, and nothing is allocated for it', async () => {
    const size = 100 * 2 ** 30;
    const path = sparseFile([100, 2 ** 10, 2 ** 20], 0x08, size);
    await expect(readIdx(path)).rejects.toThrow(
      `[readIdx] ${path} holds ${size} bytes, which is more than maxBytes, ${2 ** 31}. ` +
        'Set a larger maxBytes if you trust the file. (DATA_FORMAT)',
    );
  });

  it('is refused in one sentence where maxBytes allows more than there is memory for in one piece', async () => {
    const size = 2 ** 43;
    const path = sparseFile([2 ** 13, 2 ** 10, 2 ** 20], 0x08, size);
    await expect(readIdx(path, { maxBytes: 2 ** 50 })).rejects.toThrow(
      new RegExp(`needs ${size} bytes in one block, but this process cannot allocate it\\. .*DATA_FORMAT`),
    );
  });

  it('is told by what its values take in memory where that is more than they take in the file', async () => {
    const path = fileOf(idxBytes([16], Buffer.alloc(16), 0x09));
    await expect(readIdx(path, { maxBytes: 63 })).rejects.toThrow(
      'holds int8 values, which take 64 bytes in memory, which is more than maxBytes, 63',
    );
    expect((await readIdx(path, { maxBytes: 64 })).values).toHaveLength(16);
  });

  it('is refused where a gzip file that is cut short announces two gigabytes', async () => {
    const bomb = gzipSync(idxBytes([2 ** 31], Buffer.alloc(2 ** 22))).subarray(0, 4000);
    await expect(readIdx(fileOf(bomb))).rejects.toThrow(/but 4000 bytes of gzip cannot hold them/);
  });
});
