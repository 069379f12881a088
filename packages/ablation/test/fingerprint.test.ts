import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Fingerprint, fingerprintOf } from '../src/log/fingerprint.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

let folder: string;

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const fingerprint = (): Fingerprint => fingerprintOf(pathToFileURL(join(folder, 'study/experiment.ts')).href);

/** The files whose digests a change alters. */
function changedBy(change: () => void): string[] {
  const before = fingerprint();
  change();
  return Object.entries(fingerprint())
    .filter(([file, digest]) => before[file] !== digest)
    .map(([file]) => file);
}

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'study'));
  write(
    'study/experiment.ts',
    "import { model } from './model.ts';\nexport * from '../data.js';\nimport 'valibot';\n",
  );
  write(
    'study/model.ts',
    "import type { A } from './experiment.ts';\nconst more = await import('./late');\n",
  );
  write('study/late.ts', 'export const late = 1;\n');
  write('data.ts', 'export const data = 1;\n');
  write('unused.ts', 'export const unused = 1;\n');
});

describe('fingerprintOf', () => {
  it('names the module and all that it imports by relative paths, in circles too', () => {
    expect(Object.keys(fingerprint())).toEqual(['../data.ts', 'experiment.ts', 'late.ts', 'model.ts']);
  });

  it('changes with the text of any of them, and with no other', () => {
    expect(changedBy(() => write('study/late.ts', 'export const late = 2;\n'))).toEqual(['late.ts']);
    expect(changedBy(() => write('data.ts', 'export const data = 2;\n'))).toEqual(['../data.ts']);
    expect(changedBy(() => write('unused.ts', 'export const unused = 2;\n'))).toEqual([]);
  });

  it('is the same with line ends of another system', () => {
    expect(changedBy(() => write('study/late.ts', 'export const late = 1;\r\n'))).toEqual([]);
  });
});
