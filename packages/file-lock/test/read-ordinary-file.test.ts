import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrdinaryFile } from '@cantrip/file-lock';
import { describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'ordinary-'));
const at = (name: string): string => join(folder, name);

describe('an ordinary file', () => {
  it('is read to its end, and through a link', () => {
    const text = 'für alle '.repeat(20_000);
    writeFileSync(at('file'), text);
    symlinkSync('file', at('link'));
    expect(readOrdinaryFile(at('file'))).toBe(text);
    expect(readOrdinaryFile(at('link'))).toBe(text);
  });

  it('is read where the kernel tells a size of 0', () => {
    expect(readOrdinaryFile('/proc/self/status')).toContain('Pid:');
  });
});

describe.skipIf(process.platform === 'win32')('what is none is refused at once', () => {
  it.each<[string, () => void, string]>([
    ['a pipe', () => void execFileSync('mkfifo', [at('a pipe')]), 'is a pipe or a device'],
    ['a folder', () => void symlinkSync('.', at('a folder')), 'EISDIR'],
    ['a loop of links', () => void symlinkSync('a loop of links', at('a loop of links')), 'ELOOP'],
    [
      'a link to a device',
      () => void symlinkSync('/dev/zero', at('a link to a device')),
      'a pipe or a device',
    ],
    ['nothing', () => undefined, 'ENOENT'],
    [
      'a sparse giant',
      () => {
        writeFileSync(at('a sparse giant'), '');
        truncateSync(at('a sparse giant'), 100 * 2 ** 30);
      },
      'has 107374182400 bytes',
    ],
  ])('%s', (name, make, reason) => {
    make();
    expect(() => readOrdinaryFile(at(name))).toThrow(
      new RegExp(`cannot be read \\(.*${reason}.*DATA_NOT_FOUND`),
    );
  });
});
