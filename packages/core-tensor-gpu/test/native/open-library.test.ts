import { copyFileSync, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLibrary } from '../../src/native/library/open-library.ts';

const folder = mkdtempSync(join(tmpdir(), 'library-'));
const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
const mathLibrary = sharedObjects.find((path) => /libm\.so|libm-/.test(path)) ?? '';
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('a library that is not TensorFlow', () => {
  it('is refused and said to be what it is, where it is another library', () => {
    expect(() => openLibrary(mathLibrary)).toThrow(
      `[tensorflow] ${mathLibrary} is a Linux library for ${process.arch === 'x64' ? 'x86-64' : 'ARM64'} without ` +
        "TensorFlow's C API. Set CANTRIP_TENSORFLOW to a libtensorflow_cc.so.2 of TensorFlow 2.15 or later for " +
        'this machine, or unset it. (LIBRARY_FOREIGN)',
    );
  });

  it.each([
    ['an empty file', ''],
    ['a text file', 'TensorFlow, honestly\n'],
    ['a zip archive', Uint8Array.from([0x50, 0x4b, 3, 4, 200])],
    ['a Windows library', Uint8Array.from([0x4d, 0x5a, 0, 200])],
    ['a macOS library', Uint8Array.from([0xcf, 0xfa, 0xed, 0xfe])],
    ['no library', Uint8Array.from([200, 201, 0, 3])],
  ])('is refused where it is %s', (what, content) => {
    expect(() => openLibrary(file('foreign', content))).toThrow(`is ${what}, which does not load`);
  });

  it('is refused where it is a folder, a device, or not there', () => {
    expect(() => openLibrary(folder)).toThrow(`${folder} is a folder, which does not load: `);
    expect(() => openLibrary('/dev/zero')).toThrow('/dev/zero is a pipe or a device, which does not load: ');
    expect(() => openLibrary(join(folder, 'none'))).toThrow(
      /none is a file that cannot be read \(ENOENT.*\), which does not load: .*\(LIBRARY_FOREIGN\)$/,
    );
  });

  it('is refused where it was cut short', () => {
    const path = join(folder, 'short.so');
    copyFileSync(mathLibrary, path);
    truncateSync(path, 500);
    expect(() => openLibrary(path)).toThrow(
      /is a Linux library for .*, which does not load: .* \(LIBRARY_FOREIGN\)/,
    );
  });

  it('is refused where it is for another processor', () => {
    const elf = Buffer.alloc(64);
    elf.writeUInt32BE(0x7f454c46, 0);
    elf.writeUInt16LE(process.arch === 'x64' ? 0xb7 : 0x3e, 18);
    const other = process.arch === 'x64' ? 'ARM64' : 'x86-64';
    expect(() => openLibrary(file('other.so', elf))).toThrow(
      `is a Linux library for ${other}, which does not load`,
    );
  });
});
