import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The size of a file, and the size that its header requires. */
export interface Shortage {
  readonly bytes: number;
  readonly wanted: number;
}

/**
 * Reports a truncated Linux library, e.g. after a full disk or a broken download; undefined if it is complete or not
 * a 64-bit ELF file. Loading a truncated library would end the process with SIGBUS. @see the ELF-64 object file
 * format, tables of sections and programs
 *
 * @see the ELF-64 object file format, tables of sections and programs
 */
export function shortageOf(path: string): Shortage | undefined {
  // Reading a pipe at the library's path would block.
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

/** The end of a table whose offset and sizes are at these positions of the header. */
function endOfTable(head: Buffer, place: number, sizes: number): number {
  return Number(head.readBigUInt64LE(place)) + head.readUInt16LE(sizes) * head.readUInt16LE(sizes + 2);
}

/** The end of the last part of the file that is loaded. */
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
