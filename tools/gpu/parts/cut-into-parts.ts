import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { GivenFile, GivenGroup } from './given-files.ts';
import {
  type Block,
  type Group,
  type Manifest,
  manifestFile,
  type PackedFile,
  type Part,
} from './manifest.ts';

export interface CutOptions {
  /** The most bytes of a part. */
  readonly partBytes?: number;
  /** Bytes of a group's stream that are compressed together. */
  readonly blockBytes?: number;
  readonly log?: (line: string) => void;
}

const MEBIBYTE = 2 ** 20;

/** Blocks that are compressed at the same time. */
const AT_ONCE = 2;

/** Writes `part-01`, `part-02`, … and the manifest. A group begins with a new part. */
export async function cutIntoParts(
  groups: readonly GivenGroup[],
  folder: string,
  { partBytes = 50 * MEBIBYTE, blockBytes = 8 * MEBIBYTE, log = () => undefined }: CutOptions = {},
): Promise<Manifest> {
  mkdirSync(folder, { recursive: true });
  const parts: Part[] = [];
  const packed: Group[] = [];
  for (const group of groups) {
    const writer = partWriter(folder, group.name, { partBytes, first: parts.length + 1 });
    const { files, stream } = streamOf(group.files, blockBytes);
    for await (const [bytes, compressed] of compressedBlocks(stream)) writer.add(bytes, compressed);
    const written = writer.end();
    parts.push(...written.parts);
    packed.push({ name: group.name, files, blocks: written.blocks });
    const sum = written.parts.reduce((total, part) => total + part.bytes, 0);
    log(
      `${group.name}: ${files.length} files, ${megabytes(sum)} in ${written.parts.map(({ name }) => name).join(', ')}`,
    );
  }
  const manifest: Manifest = { format: 1, parts, groups: packed };
  writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest)}\n`);
  return manifest;
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** The blocks of a group, and the entries of its files, which are complete when the last block has been read. */
function streamOf(
  given: readonly GivenFile[],
  blockBytes: number,
): { files: PackedFile[]; stream: Generator<Buffer> } {
  const files: PackedFile[] = [];
  function* stream(): Generator<Buffer> {
    let block = Buffer.alloc(blockBytes);
    let filled = 0;
    for (const file of given) {
      const hash = createHash('sha256');
      let bytes = 0;
      for (const chunk of chunksOf(file)) {
        hash.update(chunk);
        bytes += chunk.length;
        for (let taken = 0; taken < chunk.length;) {
          const copied = chunk.copy(block, filled, taken);
          taken += copied;
          filled += copied;
          if (filled < blockBytes) continue;
          yield block;
          block = Buffer.alloc(blockBytes);
          filled = 0;
        }
      }
      files.push(entryOf(file, bytes, hash));
    }
    if (filled > 0) yield block.subarray(0, filled);
  }
  return { files, stream: stream() };
}

function entryOf({ path, mode, link }: GivenFile, bytes: number, hash: Hash): PackedFile {
  return { path, bytes, mode, sha256: hash.digest('hex'), ...(link !== undefined && { link }) };
}

function* chunksOf({ source, link }: GivenFile): Generator<Buffer> {
  if (link !== undefined) return;
  if (typeof source !== 'string') {
    yield source;
    return;
  }
  const file = openSync(source, 'r');
  try {
    for (;;) {
      const chunk = Buffer.alloc(MEBIBYTE);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

const brotli = promisify(brotliCompress);

/** In order, some at a time. */
async function* compressedBlocks(
  stream: Iterable<Buffer>,
): AsyncGenerator<readonly [bytes: number, compressed: Buffer]> {
  const waiting: Promise<readonly [number, Buffer]>[] = [];
  for (const block of stream) {
    waiting.push(compress(block));
    if (waiting.length >= AT_ONCE) yield await waiting.shift()!;
  }
  for (const last of waiting) yield await last;
}

/** 6 packs TensorFlow's library as zstd 12 does, in a third of the time of 9. */
async function compress(block: Buffer): Promise<readonly [number, Buffer]> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return [block.length, await brotli(block, { params })];
}

interface PartWriter {
  add(bytes: number, compressed: Buffer): void;
  end(): { readonly parts: Part[]; readonly blocks: Block[] };
}

function partWriter(
  folder: string,
  group: string,
  { partBytes, first }: { readonly partBytes: number; readonly first: number },
): PartWriter {
  const parts: Part[] = [];
  const blocks: Block[] = [];
  let current: { name: string; file: number; bytes: number } | undefined;
  const open = (): { name: string; file: number; bytes: number } => {
    const name = `part-${String(first + parts.length).padStart(2, '0')}`;
    rmSync(join(folder, name), { force: true });
    return { name, file: openSync(join(folder, name), 'w'), bytes: 0 };
  };
  const close = (): void => {
    if (!current) return;
    closeSync(current.file);
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, current.name)))
      .digest('hex');
    parts.push({ name: current.name, group, bytes: current.bytes, sha256 });
    current = undefined;
  };
  return {
    add(bytes, compressed) {
      if (compressed.length > partBytes)
        throw new Error(
          `A block has ${compressed.length} bytes, and a part ${partBytes}. Make blocks smaller.`,
        );
      if (current && current.bytes + compressed.length > partBytes) close();
      current ??= open();
      blocks.push({ part: current.name, at: current.bytes, stored: compressed.length, bytes });
      writeSync(current.file, compressed);
      current.bytes += compressed.length;
    },
    end() {
      close();
      return { parts, blocks };
    },
  };
}
