import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownerTag } from '@cantrip/file-lock';
import { findLibrary, installRuntime } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';
import { fakeUv as fake, layOutWheel as wheelOf } from './fake-uv.ts';
import { core, openedBy, runInChild } from './open-in-child.ts';

const library = (await requireDevice('tensorflow'))?.describe().library ?? '';
let root = '';
let cache = '';
let runtime = '';
const fakeUv = (script: string): void => fake(root, script);
const layOutWheel = wheelOf(library);
const at = (path: string): string => join(runtime, path);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  cache = join(root, 'cache/cantrip');
  runtime = join(cache, 'tensorflow-2.21.0-cpu');
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  vi.stubEnv('CANTRIP_NO_INSTALL', undefined);
  vi.stubEnv('CANTRIP_TENSORFLOW', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe.skipIf(library === '')('an install over one that is damaged', () => {
  it.each<[string, () => void]>([
    ['an altered byte', () => writeFileSync(at('tensorflow/THIRD_PARTY_NOTICES.txt'), 'altered')],
    [
      'an altered byte that size and time do not tell',
      () => {
        const path = at('tensorflow_cpu-2.21.0.dist-info/METADATA');
        writeFileSync(path, 'Name: tensorFlow\n');
        utimesSync(path, 1000, 1000);
      },
    ],
    ['a missing file', () => rmSync(at('tensorflow/libtensorflow_framework.so.2'))],
    ['a damaged manifest', () => writeFileSync(at('cantrip-manifest.json'), '{}')],
    [
      'a file in the place of the folder',
      () => {
        rmSync(runtime, { recursive: true });
        writeFileSync(runtime, '');
      },
    ],
  ])('installs anew: %s', async (what, damage) => {
    fakeUv(`${layOutWheel}\ntouch -d @1000 "$folder/tensorflow_cpu-2.21.0.dist-info/METADATA"`);
    await installRuntime();
    damage();
    // An open compares sizes, times and inodes; an install every byte.
    expect((await findLibrary()) !== undefined).toBe(what.includes('do not tell'));
    const lines: string[] = [];
    expect(await installRuntime({ log: (line) => lines.push(line) })).toMatchObject({ alreadyThere: false });
    expect(lines.join('\n')).toContain('is ready: ');
    expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu']);
    expect(readFileSync(at('tensorflow_cpu-2.21.0.dist-info/METADATA'), 'utf8')).toBe('Name: tensorflow\n');
    expect(await installRuntime()).toMatchObject({ alreadyThere: true });
    expect(await findLibrary()).toBe(at('tensorflow/libtensorflow_cc.so.2'));
  });

  it('lets one of an earlier release be, which has no manifest', async () => {
    fakeUv(layOutWheel);
    await installRuntime();
    rmSync(at('cantrip-manifest.json'));
    expect(await installRuntime()).toMatchObject({ alreadyThere: true });
  });
});

describe.skipIf(library === '')('an install that is killed', () => {
  it('between library and manifest leaves nothing that is opened, and the next one tidies up', async () => {
    fakeUv(layOutWheel);
    const killed = runInChild(
      `import { installRuntime } from ${core};
      await installRuntime({ log: (line) => line.startsWith('Kept') && process.kill(process.pid, 'SIGKILL') });`,
      { XDG_CACHE_HOME: join(root, 'cache') },
    );
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^tensorflow-2\.21\.0-cpu\.part-/)]);
    const { out } = await openedBy({ XDG_CACHE_HOME: join(root, 'cache'), PATH: '' });
    expect(JSON.parse(out)).toMatchObject({ name: 'wasm' });
    expect(out).toContain('no TensorFlow library was found","fix":"npx @cantrip/cli install-runtime"');
    expect(readdirSync(cache)).toEqual([]);
    expect(await installRuntime()).toMatchObject({ alreadyThere: false });
  });
});

describe('what killed installs left', () => {
  const names = (): string[] => readdirSync(cache).sort();
  const leave = (name: string, days = 0): void => {
    mkdirSync(join(cache, name), { recursive: true });
    const then = Date.now() / 1000 - days * 24 * 3600;
    utimesSync(join(cache, name), then, then);
  };
  const [, ...rest] = ownerTag().split('-');
  const dead = [2 ** 30, ...rest].join('-');
  const elsewhere = '7-1-aaaaaaaa-bbbbbbbb-cccccccc';

  it('goes at the next start, and what a living one works on stays, however old it is', async () => {
    const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { stdio: 'ignore' });
    try {
      const alive = [sleeper.pid, startOf(sleeper.pid!), ...rest.slice(1)].join('-');
      const kept = [
        `cantrip-empty-${alive}.aB3xYz`,
        `cantrip-empty-${elsewhere}.aB3xYz`,
        'cantrip-empty-young1',
        `tensorflow-2.21.0-cpu.part-${alive}.12345678`,
        `tensorflow-2.20.0-cuda.part-${elsewhere}.12345678`,
        'tuning',
      ];
      for (const name of kept) leave(name, name.includes(alive) || name === 'tuning' ? 30 : 0);
      leave(`cantrip-empty-${dead}.aB3xYz`);
      leave('cantrip-empty-old123', 2);
      leave(`cantrip-empty-${elsewhere}.old123`, 2);
      leave(`tensorflow-2.21.0-cpu.part-${dead}.12345678`);
      leave(`tensorflow-2.19.0-cuda.part-${dead}.12345678`);
      fakeUv('exit 1');
      await expect(installRuntime()).rejects.toThrow('RUNTIME_INSTALL');
      expect(names()).toEqual(kept.sort());
    } finally {
      sleeper.kill();
    }
  });
});

describe('a full disk', () => {
  it.each([
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device: '/x'",
    'error: failed to write to file `/x`: No space left on device (os error 28)',
    'OSError: [Errno 122] Disk quota exceeded',
  ])('that the installer tells is one sentence, and nothing is left: %s', async (words) => {
    fakeUv(
      `mkdir -p "$4/tensorflow"; echo tried >> "${root}/tries"; echo "${words.replaceAll('`', "'")}" >&2; exit 1`,
    );
    await expect(installRuntime()).rejects.toThrow(
      /^\[installRuntime\] \S+ pip could not install \S+==2\.21\.0, because a disk is full: .*\. Free about 2 GB on the disk of .*\(RUNTIME_INSTALL\)$/,
    );
    expect(readFileSync(join(root, 'tries'), 'utf8')).toBe('tried\n');
    expect(readdirSync(cache)).toEqual([]);
  });

  it.skipIf(library === '')('that the manifest meets is one sentence, and nothing is left', async () => {
    // No file of this process may be longer than 512 bytes: to it the disk is full then.
    fakeUv(layOutWheel);
    const { out } = await runInChild(
      `import { installRuntime } from ${core};
      await installRuntime().catch((error) => console.log(error.message));`,
      { XDG_CACHE_HOME: join(root, 'cache'), TSX_DISABLE_CACHE: '1' },
      ['/bin/sh', '-c', 'ulimit -f 1; exec "$@"', 'sh'],
    );
    expect(out).toMatch(
      /^\[installRuntime\] the folder .*cantrip cannot be written to \(E[A-Z]+: .*\(RUNTIME_INSTALL\)$/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe.skipIf(library === '')('an install by somebody with a umask of 077', () => {
  it('can be read by others, and programs in it can be run', async () => {
    const umask = process.umask(0o077);
    try {
      fakeUv(
        `${layOutWheel}\nmkdir -p "$folder/nvidia/nvcc/bin"\ntouch "$folder/nvidia/nvcc/bin/ptxas"\nchmod 700 "$folder/nvidia/nvcc/bin/ptxas"`,
      );
      await installRuntime();
    } finally {
      process.umask(umask);
    }
    const modes = readdirSync(cache, { recursive: true, encoding: 'utf8' }).map(
      (path) => [path, (statSync(join(cache, path)).mode & 0o777).toString(8)] as const,
    );
    const folders = modes.filter(([path]) => statSync(join(cache, path)).isDirectory());
    expect([...folders, ['', (statSync(cache).mode & 0o777).toString(8)]].map(([, mode]) => mode)).toEqual(
      Array.from({ length: folders.length + 1 }, () => '755'),
    );
    expect(Object.fromEntries(modes)).toMatchObject({
      'tensorflow-2.21.0-cpu/cantrip-manifest.json': '644',
      'tensorflow-2.21.0-cpu/tensorflow/THIRD_PARTY_NOTICES.txt': '644',
      'tensorflow-2.21.0-cpu/tensorflow_cpu-2.21.0.dist-info/METADATA': '644',
      'tensorflow-2.21.0-cpu/nvidia/nvcc/bin/ptxas': '755',
    });
    expect(realpathSync(at('tensorflow/libtensorflow_cc.so.2'))).toBe(realpathSync(library));
  });
});

describe('what the user tells pip elsewhere', () => {
  it('about where packages go does not reach it, and it puts aside beside the cache', async () => {
    for (const name of ['PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT']) vi.stubEnv(name, '/elsewhere');
    vi.stubEnv('PIP_USER', '1');
    vi.stubEnv('PIP_REQUIRE_VIRTUALENV', '1');
    fakeUv(`env > "${root}/environment"; exit 1`);
    await expect(installRuntime()).rejects.toThrow('RUNTIME_INSTALL');
    const seen = readFileSync(join(root, 'environment'), 'utf8');
    expect(seen).not.toMatch(/^PIP_(TARGET|PREFIX|ROOT)=/m);
    expect(seen).toMatch(/^PIP_USER=0$/m);
    expect(seen).toMatch(/^PIP_REQUIRE_VIRTUALENV=0$/m);
    const aside = /^TMPDIR=(.*)$/m.exec(seen)?.[1] ?? '';
    expect(aside.startsWith(cache)).toBe(true);
    expect(existsSync(aside)).toBe(false);
  });
});

/** Linux's telling of when a process started. */
function startOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
}
