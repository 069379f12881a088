import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  lastChoice,
  libraryFile,
  rememberLast,
  storeChoice,
  storedChoices,
  type StoredChoice,
  tuningFolder,
} from '../../src/index.ts';

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

describe('a stored choice', () => {
  it('is found again by its name and place', () => {
    const path = storeChoice(choice);
    expect(lastChoice(choice.name, choice.place)).toEqual({ path, choice });
    expect(lastChoice('another', choice.place)).toBeUndefined();
    expect(lastChoice(choice.name, 'ffffffffffffffff')).toBeUndefined();
  });

  it('takes the place of an older one for the same, and stands beside those for other batches', () => {
    storeChoice(choice);
    storeChoice({ ...choice, ratio: 0.5 });
    storeChoice({ ...choice, batch: 'inputs[32,28,28,1]' });
    expect(storedChoices()).toHaveLength(2);
  });

  it('is not taken once something else was trained in its place, until that is trained again', () => {
    storeChoice(choice);
    rememberLast({ ...choice, batch: 'inputs[32,28,28,1]' });
    expect(lastChoice(choice.name, choice.place)).toBeUndefined();
    rememberLast(choice);
    expect(lastChoice(choice.name, choice.place)).toMatchObject({ choice });
  });

  it('leaves nothing half-written behind', () => {
    for (let round = 0; round < 20; round++) storeChoice({ ...choice, trials: round + 1 });
    expect(readdirSync(tuningFolder()).sort()).toEqual([
      expect.stringMatching(/^digits-train-ts-0123456789abcdef\.last$/),
      expect.stringMatching(/^digits-train-ts-[0-9a-f]{16}\.json$/),
    ]);
  });
});

describe('a file of the store that is damaged', () => {
  it('is a problem that is told, not an error', () => {
    const path = storeChoice(choice);
    truncateSync(path, 40);
    expect(lastChoice(choice.name, choice.place)).toEqual({
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
    const path = storeChoice(choice);
    writeFileSync(path, JSON.stringify(content));
    expect(lastChoice(choice.name, choice.place)).toHaveProperty('problem');
    expect(storedChoices()).toHaveLength(1);
  });

  it('is nothing where it only points elsewhere', () => {
    storeChoice(choice);
    writeFileSync(join(tuningFolder(), 'digits-train-ts-0123456789abcdef.last'), '../../../etc/passwd');
    expect(lastChoice(choice.name, choice.place)).toBeUndefined();
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
