import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkRuntime } from '../../src/runtime/manifest/check-runtime.ts';
import { writeManifest } from '../../src/runtime/manifest/manifest.ts';

const library = 'tensorflow/libtensorflow_cc.so.2';
const manifest = 'cantrip-manifest.json';
let folder = '';
const at = (path: string): string => join(folder, path);

beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'manifest-')), 'runtime');
  mkdirSync(at('tensorflow'), { recursive: true });
  writeFileSync(at(library), 'abc');
  writeFileSync(at('tensorflow/LICENSE'), '');
  utimesSync(at(library), 1000, 1000);
  await writeManifest(folder);
});

/** Changes bytes and nothing else that is cheap to ask for. */
function alterUnseen(path: string): void {
  writeFileSync(path, 'abd');
  utimesSync(path, 1000, 1000);
}

describe('a manifest', () => {
  it('holds size and SHA-256 of every file, by its path', () => {
    const { files } = JSON.parse(readFileSync(at(manifest), 'utf8')) as { files: Record<string, object> };
    // The test vectors of FIPS 180-2 for "abc" and for no byte.
    expect(files).toMatchObject({
      [library]: { size: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
      'tensorflow/LICENSE': {
        size: 0,
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      },
    });
    expect(Object.keys(files)).toHaveLength(2);
  });

  it('lets pass what is as it was installed, and hashes nothing then', async () => {
    expect(await checkRuntime(folder)).toEqual({ hasManifest: true });
    expect(await checkRuntime(folder, { everyByte: true })).toEqual({ hasManifest: true });
    expect(readdirSync(folder)).not.toContainEqual(expect.stringContaining('.part-'));
  });

  it('is not asked for in runtimes of earlier releases', async () => {
    rmSync(at(manifest));
    expect(await checkRuntime(folder)).toEqual({ hasManifest: false });
    expect(await checkRuntime(at('nothing'))).toEqual({ hasManifest: false });
  });

  it.each<[string, () => void, string, string]>([
    ['altered', () => writeFileSync(at(library), 'abd'), library, 'was changed since it was installed'],
    ['cut off', () => truncateSync(at(library), 1), library, 'is truncated: it has 1 of 3 bytes'],
    ['longer', () => writeFileSync(at(library), 'abcd'), library, 'has 4 bytes, but 3 were installed'],
    ['missing', () => rmSync(at('tensorflow/LICENSE')), 'tensorflow/LICENSE', 'is missing'],
    [
      'a folder now',
      () => {
        rmSync(at(library));
        mkdirSync(at(library));
      },
      library,
      'is missing',
    ],
    [
      'in a file that was a folder',
      () => cpFile('tensorflow'),
      'tensorflow/LICENSE',
      'cannot be read (ENOTDIR',
    ],
  ])('finds that a file is %s, and names it', async (_, damage, path, problem) => {
    damage();
    const found = await checkRuntime(folder);
    expect(found.problem).toContain(`${at(path)} ${problem}`);
  });

  it.each<[string, string | undefined]>([
    ['empty', ''],
    ['cut off', undefined],
    ['a number', '7'],
    ['null', 'null'],
    ['of another form', '{"format":2,"files":{}}'],
    ['a list of files elsewhere', fileList('../../etc/passwd')],
    ['a list of files at the root', fileList('/etc/passwd')],
  ])('that is damaged itself is told: %s', async (_, content) => {
    const whole = readFileSync(at(manifest), 'utf8');
    writeFileSync(at(manifest), content ?? whole.slice(0, whole.length / 2));
    expect((await checkRuntime(folder)).problem).toMatch(/cantrip-manifest\.json is damaged: /);
  });

  it('that had any one of its digits changed is told, and no library is blamed for it', async () => {
    const whole = readFileSync(at(manifest), 'utf8');
    const places = [...whole.matchAll(/[0-9a-f](?=[0-9a-f"]*[",])/g)].map(({ index }) => index);
    for (const place of places.filter((_, index) => index % 9 === 0)) {
      const digit = whole[place] === '1' ? '2' : '1';
      writeFileSync(at(manifest), whole.slice(0, place) + digit + whole.slice(place + 1));
      expect((await checkRuntime(folder)).problem, `at ${place}`).toContain(`${at(manifest)} is damaged`);
    }
  });

  it('that is a folder is told', async () => {
    rmSync(at(manifest));
    mkdirSync(at(manifest));
    expect((await checkRuntime(folder)).problem).toMatch(/cantrip-manifest\.json cannot be read \(EISDIR/);
  });
});

describe('a change of bytes that size, time and inode do not tell', () => {
  it('is found where every byte is compared, and is known at each open from then on', async () => {
    alterUnseen(at(library));
    const altered = `${at(library)} was changed since it was installed`;
    expect((await checkRuntime(folder)).problem).toBeUndefined();
    expect((await checkRuntime(folder, { everyByte: true })).problem).toBe(altered);
    expect((await checkRuntime(folder)).problem).toBe(altered);
  });
});

describe('a runtime that was copied', () => {
  beforeEach(() => {
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
    folder = copy;
  });

  it('is hashed once, and remembered', async () => {
    expect(await checkRuntime(folder)).toEqual({ hasManifest: true });
    const seen = JSON.parse(readFileSync(at('cantrip-seen.json'), 'utf8')) as object;
    expect(Object.keys(seen).sort()).toEqual(['tensorflow/LICENSE', library]);
    // Nobody reads the bytes again.
    alterUnseen(at(library));
    expect((await checkRuntime(folder)).problem).toBeUndefined();
  });

  it('is hashed where nothing can be remembered', async () => {
    mkdirSync(at('cantrip-seen.json'));
    expect(await checkRuntime(folder)).toEqual({ hasManifest: true });
    expect(readdirSync(folder).sort()).toEqual([manifest, 'cantrip-seen.json', 'tensorflow']);
  });

  it.each(['', '{', '[]', '{"tensorflow/LICENSE":{"size":-1}}'])(
    'is hashed again where what was remembered is %j',
    async (content) => {
      writeFileSync(at('cantrip-seen.json'), content);
      writeFileSync(at(library), 'abd');
      expect((await checkRuntime(folder)).problem).toContain('was changed');
    },
  );
});

function cpFile(path: string): void {
  rmSync(at(path), { recursive: true });
  writeFileSync(at(path), '');
}

function fileList(path: string): string {
  const file = { size: 0, modified: '0', inode: '0', sha256: '0'.repeat(64) };
  return JSON.stringify({ format: 1, files: { [path]: file }, sha256: '0'.repeat(64) });
}
