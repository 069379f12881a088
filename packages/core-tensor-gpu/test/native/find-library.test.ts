import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findLibrary, libraryCandidates } from '../../src/native/library/find-library.ts';
import { cacheFolder } from '../../src/runtime/files/cache-folder.ts';
import { installedRuntimes } from '../../src/runtime/runtime-folder.ts';

let root = '';
const write = (path: string, content = ''): string => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  return join(root, path);
};

/** A Python that knows one answer. */
const python = (environment: string, answer: string): void =>
  chmodSync(write(`${environment}/bin/python`, `#!/bin/sh\necho '${answer}'\n`), 0o755);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'find-'));
  for (const name of ['CANTRIP_TENSORFLOW', 'VIRTUAL_ENV', 'CONDA_PREFIX']) vi.stubEnv(name, undefined);
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  vi.stubEnv('PATH', join(root, 'nothing'));
});
afterEach(() => void vi.unstubAllEnvs());

describe('the library', () => {
  it('is the one that CANTRIP_TENSORFLOW names, by file or by folder', async () => {
    const library = write('wheel/tensorflow/libtensorflow_cc.so.2');
    for (const path of [library, join(root, 'wheel/tensorflow'), join(root, 'wheel')]) {
      vi.stubEnv('CANTRIP_TENSORFLOW', path);
      expect(await findLibrary()).toBe(library);
    }
  });

  it('is no other where CANTRIP_TENSORFLOW names nothing', async () => {
    write('cache/cantrip/tensorflow-2.21.0-cpu/tensorflow/libtensorflow_cc.so.2');
    vi.stubEnv('CANTRIP_TENSORFLOW', '/nowhere/libtensorflow_cc.so.2');
    await expect(findLibrary()).rejects.toThrow(
      '[tensorflow] CANTRIP_TENSORFLOW is /nowhere/libtensorflow_cc.so.2, which does not exist. ' +
        'Set it to the library or its folder, or unset it. (LIBRARY_NOT_FOUND)',
    );
    vi.stubEnv('CANTRIP_TENSORFLOW', root);
    await expect(findLibrary()).rejects.toThrow(
      `the folder ${root}, which contains no libtensorflow_cc.so.2`,
    );
  });

  it('is the installed one next, before that of Python', async () => {
    const library = write('cache/cantrip/tensorflow-2.21.0-cpu/tensorflow/libtensorflow_cc.so.2');
    write('venv/lib/tensorflow/libtensorflow_cc.so.2');
    python('venv', join(root, 'venv/lib/tensorflow'));
    vi.stubEnv('VIRTUAL_ENV', join(root, 'venv'));
    expect(await findLibrary()).toBe(library);
  });

  it.each(['VIRTUAL_ENV', 'CONDA_PREFIX'])(
    'is that of the active Python environment (%s) last',
    async (name) => {
      const library = write('venv/lib/tensorflow/libtensorflow_cc.so.2');
      python('venv', join(root, 'venv/lib/tensorflow'));
      vi.stubEnv(name, join(root, 'venv'));
      expect(await findLibrary()).toBe(library);
      expect(await libraryCandidates()).toEqual([
        { source: 'Python environment', path: library, found: true },
      ]);
    },
  );

  it('is not there where Python has no TensorFlow, or there is no Python', async () => {
    expect(await findLibrary()).toBeUndefined();
    python('venv', '');
    vi.stubEnv('VIRTUAL_ENV', join(root, 'venv'));
    expect(await findLibrary()).toBeUndefined();
  });
});

describe('a relative XDG_CACHE_HOME', () => {
  it.each(['cache', './cache', '../cache', ''])(
    'is ignored, as its specification says: %j',
    async (given) => {
      const library = write('home/.cache/cantrip/tensorflow-2.21.0-cpu/tensorflow/libtensorflow_cc.so.2');
      write('cache/cantrip/tensorflow-2.21.0-cpu/tensorflow/libtensorflow_cc.so.2');
      vi.stubEnv('HOME', join(root, 'home'));
      vi.stubEnv('XDG_CACHE_HOME', given);
      const from = vi.spyOn(process, 'cwd').mockReturnValue(root);
      try {
        expect(cacheFolder()).toBe(join(root, 'home/.cache/cantrip'));
        expect(await findLibrary()).toBe(library);
      } finally {
        from.mockRestore();
      }
    },
  );
});

describe('of several installed runtimes', () => {
  it('the newest comes first, and unfinished ones not at all', () => {
    for (const name of ['2.9.1-cpu', '2.21.0-cpu', '2.21.0-cpu.part-aB3', '2.22.0-cuda', '2.20.0-cpu']) {
      mkdirSync(join(root, `cache/cantrip/tensorflow-${name}`), { recursive: true });
    }
    const names = installedRuntimes().map((path) => path.split('tensorflow-')[1]);
    expect(names.filter((name) => name?.endsWith('cpu'))).toEqual(['2.21.0-cpu', '2.20.0-cpu', '2.9.1-cpu']);
    expect(names).toHaveLength(4);
  });
});
