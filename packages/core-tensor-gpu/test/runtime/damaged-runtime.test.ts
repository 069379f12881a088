import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { diagnose, findLibrary } from '../../src/index.ts';
import { libraryCandidates } from '../../src/native/library/find-library.ts';
import { writeManifest } from '../../src/runtime/manifest/manifest.ts';
import { requireDevice } from '../require-device.ts';
import { openedBy } from './open-in-child.ts';

const library = (await requireDevice('tensorflow'))?.describe().library ?? '';
const framework = 'tensorflow/libtensorflow_framework.so.2';
let cache = '';
let runtime = '';
const at = (path: string): string => join(runtime, path);

/** A cache with an installed runtime, whose library is a link to the real one: what is damaged is put in its place. */
beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'damaged-'));
  runtime = join(cache, 'cantrip/tensorflow-2.21.0-cpu');
  mkdirSync(at('tensorflow'), { recursive: true });
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    symlinkSync(join(dirname(library), name), at(`tensorflow/${name}`));
  }
  writeFileSync(at('tensorflow/LICENSE'), 'Apache-2.0');
  await writeManifest(runtime);
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('CANTRIP_TENSORFLOW', undefined);
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX']) vi.stubEnv(name, undefined);
  vi.stubEnv('PATH', '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

/** The real library of 65 MB, with one of its bytes another one. */
function alterFramework(): void {
  replaceFramework((path) => {
    copyFileSync(join(dirname(library), 'libtensorflow_framework.so.2'), path);
    writeAt(path, Buffer.from('altered'), 40_000_000);
  });
}

function replaceFramework(put: (path: string) => void): void {
  rmSync(at(framework));
  put(at(framework));
}

const damages: readonly (readonly [string, () => void, string])[] = [
  ['has an altered byte', alterFramework, `${framework} was changed since it was installed`],
  [
    'is cut off',
    () =>
      replaceFramework((path) => {
        copyFileSync(join(dirname(library), 'libtensorflow_framework.so.2'), path);
        truncateSync(path, 1_000_000);
      }),
    `${framework} is truncated: it has 1000000 of 65222328 bytes`,
  ],
  ['misses a file', () => rmSync(at('tensorflow/LICENSE')), 'tensorflow/LICENSE is missing'],
  [
    'misses the library',
    () => rmSync(at('tensorflow/libtensorflow_cc.so.2')),
    'tensorflow/libtensorflow_cc.so.2 is missing',
  ],
  [
    'has a damaged manifest',
    () => truncateSync(at('cantrip-manifest.json'), 100),
    'cantrip-manifest.json is damaged: it is not JSON',
  ],
];

describe.skipIf(library === '')('an installed runtime', () => {
  it('that is as it was installed is opened', async () => {
    expect(await findLibrary()).toBe(at('tensorflow/libtensorflow_cc.so.2'));
    const { out } = await openedBy({ XDG_CACHE_HOME: cache });
    expect(JSON.parse(out)).toMatchObject({ name: 'tensorflow' });
  });

  it.each(damages)('that %s leaves wasm, with the file and the command', async (_, damage, problem) => {
    damage();
    const { out } = await openedBy({ XDG_CACHE_HOME: cache });
    expect(JSON.parse(out)).toMatchObject({
      name: 'wasm',
      passedOver: [
        { name: 'cuda' },
        { name: 'tensorflow', reason: `${runtime}/${problem}`, fix: 'npx @cantrip/cli install-runtime' },
      ],
    });
    expect(await libraryCandidates()).toMatchObject([
      { found: false, problem: `${runtime}/${problem}`, fix: 'npx @cantrip/cli install-runtime' },
    ]);
  });

  it('whose library is no library, and which has no manifest, leaves wasm too', async () => {
    rmSync(at('cantrip-manifest.json'));
    rmSync(at('tensorflow/libtensorflow_cc.so.2'));
    writeFileSync(at('tensorflow/libtensorflow_cc.so.2'), 'an error page\n');
    const { out } = await openedBy({ XDG_CACHE_HOME: cache });
    expect(JSON.parse(out)).toMatchObject({ name: 'wasm' });
    expect(out).toMatch(/libtensorflow_cc\.so\.2 is a text file, which does not load: [^()]*install-runtime/);
  });

  it('of an earlier release, without a manifest, is opened', async () => {
    rmSync(at('cantrip-manifest.json'));
    expect(await findLibrary()).toBe(at('tensorflow/libtensorflow_cc.so.2'));
  });

  it('that CANTRIP_TENSORFLOW names is compared, too', async () => {
    alterFramework();
    for (const path of [runtime, at('tensorflow'), at('tensorflow/libtensorflow_cc.so.2')]) {
      vi.stubEnv('CANTRIP_TENSORFLOW', path);
      await expect(findLibrary()).rejects.toThrow(/ was changed since it was installed\. .*LIBRARY_FOREIGN/);
    }
  });

  it('that is damaged gives way to an older one, and a warning says so once', async () => {
    rmSync(at('tensorflow/LICENSE'));
    const older = join(cache, 'cantrip/tensorflow-2.20.0-cpu/tensorflow');
    mkdirSync(older, { recursive: true });
    symlinkSync(library, join(older, 'libtensorflow_cc.so.2'));
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    for (let call = 0; call < 2; call++) {
      expect(await findLibrary()).toBe(join(older, 'libtensorflow_cc.so.2'));
    }
    expect(warnings.mock.calls).toEqual([
      [
        `[tensorflow] ${at('tensorflow/LICENSE')} is missing, so ${older}/libtensorflow_cc.so.2 is used. ` +
          'Run `npx @cantrip/cli install-runtime`.',
        'RuntimeDamaged',
      ],
    ]);
    warnings.mockRestore();
  });

  it('with an altered byte that nothing else tells is found by the doctor', async () => {
    const { libraries: whole } = await diagnose();
    expect(whole).toMatchObject([{ found: true }]);
    alterFramework();
    const { devices, libraries } = await diagnose();
    expect(libraries[0]).toMatchObject({
      found: false,
      problem: `${at(framework)} was changed since it was installed`,
    });
    const tensorflow = devices.find(({ name }) => name === 'tensorflow');
    expect(tensorflow).toMatchObject({
      available: false,
      reason: `${at(framework)} was changed since it was installed`,
    });
  });
});

const asNobody = ['/usr/bin/setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

/** Only root can act as another user, and only where that user may read this repository. */
function nobodyCanRun(): boolean {
  if (process.getuid?.() !== 0) return false;
  const [command = '', ...args] = [...asNobody, 'test', '-r', fileURLToPath(import.meta.url)];
  return spawnSync(command, args).status === 0;
}

describe.skipIf(library === '' || !nobodyCanRun())('a runtime that another user may not read', () => {
  it.each([
    ['its library', framework],
    ['its manifest', 'cantrip-manifest.json'],
  ])('leaves wasm where it is %s, and says so', async (_, path) => {
    for (const folder of [cache, dirname(runtime), runtime, at('tensorflow')]) chmodSync(folder, 0o755);
    // The real ones lie where another user may not go.
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
      rmSync(at(`tensorflow/${name}`));
      writeFileSync(at(`tensorflow/${name}`), 'never loaded');
    }
    rmSync(at('cantrip-manifest.json'));
    await writeManifest(runtime);
    chmodSync(at(path), 0o600);
    const { out } = await openedBy({ XDG_CACHE_HOME: cache, HOME: '/nonexistent' }, asNobody);
    expect(JSON.parse(out)).toMatchObject({ name: 'wasm' });
    expect(out).toMatch(new RegExp(`${path} cannot be read \\(EACCES: permission denied.*install-runtime`));
  });
});

function writeAt(path: string, bytes: Uint8Array, position: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}
