import { closeSync, openSync, readSync, statSync } from 'node:fs';

const processors: Readonly<Record<number, string>> = {
  0x3e: 'x86-64',
  0xb7: 'ARM64',
  0x03: 'x86',
  0x28: 'ARM',
};

/** Describes a file by its first bytes, for the error about a wrong file. */
export function identifyFile(path: string): string {
  const head = Buffer.alloc(64);
  let length = 0;
  try {
    const status = statSync(path);
    if (status.isDirectory()) return 'a folder';
    if (!status.isFile()) return 'a pipe or a device';
    length = readHead(path, head);
  } catch (error) {
    return `a file that cannot be read (${(error as Error).message})`;
  }
  if (length === 0) return 'an empty file';
  if (head.readUInt32BE(0) === 0x7f454c46) return `a Linux library for ${processorOf(head.readUInt16LE(18))}`;
  if ([0xcffaedfe, 0xcafebabe].includes(head.readUInt32BE(0))) return 'a macOS library';
  if (head.toString('latin1', 0, 2) === 'MZ') return 'a Windows library';
  if (head.toString('latin1', 0, 2) === 'PK') return 'a zip archive';
  if (head.subarray(0, length).every((byte) => byte >= 9 && byte < 127)) return 'a text file';
  return 'no library';
}

function readHead(path: string, head: Buffer): number {
  const file = openSync(path, 'r');
  try {
    return readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
}

function processorOf(machine: number): string {
  return processors[machine] ?? `processor number ${machine}`;
}
