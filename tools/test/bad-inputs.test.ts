import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isCantripError } from '@cantrip/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileInputs } from '../bad-inputs/file-inputs.ts';

const before = process.cwd();
let folder = before;
beforeEach(() => process.chdir((folder = mkdtempSync(join(tmpdir(), 'cantrip-bad-inputs-')))));
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const all = (): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('a file or folder that cannot be used', () => {
  it.each(fileInputs.map((input) => [input.name, input] as const))(
    '%s: one sentence of Cantrip, and no file more than before',
    async (_, { files, call, error }) => {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(path.endsWith('/') ? path : dirname(path), { recursive: true });
        if (!path.endsWith('/')) writeFileSync(path, content);
      }
      const there = all();
      const thrown: unknown = await Promise.resolve()
        .then(call)
        .then(
          (result) => ({ result }),
          (reason: unknown) => reason,
        );
      expect(isCantripError(thrown), JSON.stringify(thrown)).toBe(true);
      const { message } = thrown as Error;
      expect(message).toMatch(/^\[[\w -]+\] .+\. .+\. \([A-Z][A-Z_]+\)$/);
      expect(message).toContain(error);
      expect(all()).toEqual(there);
    },
  );
});
