import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerTag } from '@cantrip/file-lock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  findChoice,
  forgetLast,
  lastChoice,
  libraryFile,
  rememberLast,
  storeChoice,
  storedChoices,
  type StoredChoice,
  tuningFolder,
} from '../../src/tuning/index.ts';
import { runInChild } from '../runtime/open-in-child.ts';

const choice: StoredChoice = {
  format: 1,
  name: 'digits/train.ts',
  hardware: 'AMD EPYC',
  threads: 2,
  place: '0123456789abcdef',
  device: 'tensorflow',
  version: 'TensorFlow 2.21.0',
  library: { path: '/lib/libtensorflow_cc.so.2', size: 10, modified: 20 },
  model: 'fedcba9876543210',
  batch: 'inputs[64,28,28,1]',
  environment: { TF_ENABLE_ONEDNN_OPTS: '1' },
  ratio: 0.65,
  milliseconds: 122,
  measured: '2026-11-24T00:00:00.000Z',
  trials: 9,
};

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cantrip-tuning-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const program = 'node train.ts --batch 64';

function store(one: StoredChoice): string {
  const path = storeChoice(one);
  rememberLast(program, one);
  return path;
}

describe('a stored choice', () => {
  it('is found again by what it is for', () => {
    const path = storeChoice(choice);
    expect(findChoice(choice)).toEqual({ path, choice });
  });

  it.each([
    ['place', 'ffffffffffffffff'],
    ['device', 'cuda'],
    ['hardware', 'AMD EPYC 2'],
    ['version', 'TensorFlow 2.22.0'],
    ['model', 'ffffffffffffffff'],
    ['batch', 'inputs[32,28,28,1]'],
  ] as const)('is not that of another %s', (fact, other) => {
    storeChoice(choice);
    expect(findChoice({ ...choice, [fact]: other })).toBeUndefined();
  });

  it('is the same for every program that trains that', () => {
    storeChoice(choice);
    expect(findChoice({ ...choice, name: 'other.ts' } as StoredChoice)).toMatchObject({ choice });
  });

  it('takes the place of an older one for the same, and stands beside those for other batches', () => {
    storeChoice(choice);
    storeChoice({ ...choice, ratio: 0.5 });
    storeChoice({ ...choice, batch: 'inputs[32,28,28,1]' });
    expect(storedChoices()).toHaveLength(2);
  });

  it('lies in any folder that is named', () => {
    const folder = join(cache, 'elsewhere');
    const path = storeChoice(choice, folder);
    rememberLast(program, choice, folder);
    expect(lastChoice(program, choice.place, folder)).toEqual({ path, choice });
    expect(storedChoices(folder)).toHaveLength(1);
    expect(storedChoices()).toEqual([]);
  });

  it('leaves nothing half-written behind', () => {
    for (let round = 0; round < 20; round++) store({ ...choice, trials: round + 1 });
    expect(readdirSync(tuningFolder()).sort()).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}\.(json|last)$/),
      expect.stringMatching(/^[0-9a-f]{16}\.(json|last)$/),
    ]);
  });
});

describe('what a program trained last', () => {
  it('is found by the program and the place', () => {
    const path = store(choice);
    expect(lastChoice(program, choice.place)).toEqual({ path, choice });
    expect(lastChoice('node train.ts --batch 32', choice.place)).toBeUndefined();
    expect(lastChoice(program, 'ffffffffffffffff')).toBeUndefined();
  });

  it('is what it trains since, and nothing once it is forgotten', () => {
    store(choice);
    rememberLast(program, { ...choice, batch: 'inputs[32,28,28,1]' });
    expect(lastChoice(program, choice.place)).toBeUndefined();
    rememberLast(program, choice);
    expect(lastChoice(program, choice.place)).toMatchObject({ choice });
    forgetLast(program, choice.place);
    expect(lastChoice(program, choice.place)).toBeUndefined();
    expect(findChoice(choice)).toMatchObject({ choice });
  });
});

describe('a file of the store that is damaged', () => {
  it('is a problem that is told, not an error', () => {
    const path = store(choice);
    truncateSync(path, 40);
    expect(lastChoice(program, choice.place)).toEqual({
      path,
      problem: expect.stringMatching(/JSON/) as unknown,
    });
  });

  it.each([
    ['another format', { ...choice, format: 2 }],
    ['a ratio of 0', { ...choice, ratio: 0 }],
    ['an environment of numbers', { ...choice, environment: { TF_NUM_INTRAOP_THREADS: 2 } }],
    ['no time', { ...choice, measured: 'yesterday' }],
    ['a list', []],
  ])('also where it is JSON with %s', (_, content) => {
    const path = store(choice);
    writeFileSync(path, JSON.stringify(content));
    expect(lastChoice(program, choice.place)).toHaveProperty('problem');
    expect(storedChoices()).toHaveLength(1);
  });

  it('is nothing where it only points elsewhere', () => {
    store(choice);
    const pointer = readdirSync(tuningFolder()).find((name) => name.endsWith('.last'));
    writeFileSync(join(tuningFolder(), pointer!), '../../../etc/passwd');
    expect(lastChoice(program, choice.place)).toBeUndefined();
  });
});

describe('many processes that store at once', () => {
  it('lose nothing and tear nothing, and what killed ones left is removed', async () => {
    const folder = join(cache, 'shared');
    mkdirSync(folder);
    const [, ...rest] = ownerTag().split('-');
    const dead = [2 ** 30, ...rest].join('-');
    const path = storeChoice(choice, folder);
    writeFileSync(`${path}.part-${dead}.12345678`, 'half');
    writeFileSync(`${path}.part-${ownerTag()}.12345678`, 'of a living one');
    const store = JSON.stringify(new URL('../../src/tuning/tuning-store.ts', import.meta.url).href);
    const program = `import { storeChoice, rememberLast, findChoice } from ${store};
      const [choice, folder, writer] = JSON.parse(process.env.GIVEN);
      for (let round = 0; round < 60; round++) {
        const own = { ...choice, batch: 'inputs[' + writer + ',' + round + ']' };
        storeChoice(own, folder);
        storeChoice({ ...choice, name: 'x'.repeat(1 + 3000 * writer), trials: round + 1 }, folder);
        rememberLast('program', own, folder);
        const common = findChoice(choice, folder);
        if (!('choice' in common)) throw new Error(common.problem);
      }`;
    await Promise.all(
      [1, 2, 3, 4].map((writer) => runInChild(program, { GIVEN: JSON.stringify([choice, folder, writer]) })),
    );
    const files = storedChoices(folder);
    expect(files).toHaveLength(1 + 4 * 60);
    expect(files.filter((file) => 'problem' in file)).toEqual([]);
    expect(lastChoice('program', choice.place, folder)).toHaveProperty('choice');
    const parts = readdirSync(folder).filter((name) => name.includes('.part-'));
    expect(parts).toEqual([expect.stringContaining(`.part-${ownerTag()}.12345678`)]);
  });

  it.skipIf(process.platform === 'win32')('are not held up by a pipe that bears the name of a choice', () => {
    const path = storeChoice(choice);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(findChoice(choice)).toBeUndefined();
    expect(storedChoices()).toEqual([{ path, problem: expect.stringMatching(/pipe/) as unknown }]);
  });
});

it('a library file is known by its size and time', () => {
  const path = join(cache, 'library');
  writeFileSync(path, 'one');
  const before = libraryFile(path);
  expect(before).toMatchObject({ path, size: 3 });
  writeFileSync(path, 'other');
  expect(libraryFile(path)).not.toEqual(before);
  expect(libraryFile(join(cache, 'none'))).toBeUndefined();
});
