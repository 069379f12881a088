import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** How much of a file there is, and how much its own header says that there must be. */
export interface Shortage {
  readonly bytes: number;
  readonly wanted: number;
}

/**
 * What a Linux library lacks that was cut off, as by a full disk or a broken download; undefined where it is whole, or is no
 * 64-bit ELF file. Loading one that is cut off would end the process by SIGBUS.
 *
 * @see the ELF-64 object file format, tables of sections and programs
 */
export function shortageOf(path: string): Shortage | undefined {
  // A pipe in the place of the library would be waited for.
  const file = openSync(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  try {
    const status = fstatSync(file);
    if (!status.isFile()) return undefined;
    const bytes = status.size;
    const head = Buffer.alloc(64);
    if (readSync(file, head, 0, 64, 0) < 64) return undefined;
    if (head.readUInt32BE(0) !== 0x7f454c46 || head[4] !== 2 || head[5] !== 1) return undefined;
    const wanted = Math.max(
      endOfTable(head, 0x20, 0x36),
      endOfTable(head, 0x28, 0x3a),
      endOfPrograms(file, head),
    );
    return wanted > bytes ? { bytes, wanted } : undefined;
  } finally {
    closeSync(file);
  }
}

/** Where a table ends whose place and sizes stand at these places of the header. */
function endOfTable(head: Buffer, place: number, sizes: number): number {
  return Number(head.readBigUInt64LE(place)) + head.readUInt16LE(sizes) * head.readUInt16LE(sizes + 2);
}

/** Where the last part of the file ends that is loaded. */
function endOfPrograms(file: number, head: Buffer): number {
  const [size, count] = [head.readUInt16LE(0x36), head.readUInt16LE(0x38)];
  const table = Buffer.alloc(size * count);
  readSync(file, table, 0, table.length, Number(head.readBigUInt64LE(0x20)));
  const ends = Array.from({ length: count }, (_, index) => {
    const entry = table.subarray(index * size);
    return entry.length < 0x28
      ? 0
      : Number(entry.readBigUInt64LE(0x08)) + Number(entry.readBigUInt64LE(0x20));
  });
  return Math.max(0, ...ends);
}
