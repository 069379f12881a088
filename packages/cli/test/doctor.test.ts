import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatDiagnosis } from '@cantrip/cli';
import { DeviceAbsent, type Diagnosis, findLibrary, openDevice } from '@cantrip/core-tensor-gpu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/program/main.ts', import.meta.url));
const core = import.meta.resolve('@cantrip/core-tensor-gpu');
const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));
const library = await realLibrary();

/** The library that tests of TensorFlow use; undefined where there is none. */
async function realLibrary(): Promise<string | undefined> {
  try {
    return (await openDevice('tensorflow')) && (await findLibrary());
  } catch (error) {
    if (error instanceof DeviceAbsent) return undefined;
    throw error;
  }
}

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'doctor-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Said {
  readonly code: number | null;
  readonly out: string;
}

/** Runs a program in the folder, in a machine whose only TensorFlow is the one that is given. */
function run(program: readonly string[], env: Readonly<Record<string, string>>): Said {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, '--conditions=@cantrip/source', ...program],
    {
      encoding: 'utf8',
      cwd: folder,
      env: {
        ...process.env,
        CANTRIP_TENSORFLOW: '',
        XDG_CACHE_HOME: join(folder, 'cache'),
        HOME: folder,
        VIRTUAL_ENV: '',
        CONDA_PREFIX: '',
        PATH: '',
        ...env,
      },
    },
  );
  expect(stderr.includes('    at '), stderr).toBe(false);
  return { code: status, out: stdout };
}

/** What training does: the device's name, or the error that ends it. */
function training(env: Readonly<Record<string, string>>): string {
  const program = join(folder, 'train.mjs');
  writeFileSync(
    program,
    `import { openDevice } from ${JSON.stringify(core)};
    console.log(await openDevice().then((device) => device.describe().name, (error) => error.message));`,
  );
  return run([program], env).out.trim();
}

/** Runs doctor, and compares what it says with what training does. */
function doctor(env: Readonly<Record<string, string>>): {
  readonly out: string;
  readonly diagnosis: Diagnosis;
} {
  const { code, out: json } = run([main, 'doctor', '--json'], env);
  const diagnosis = JSON.parse(json) as Diagnosis;
  // What it prints without --json; each run tries five devices in processes of their own.
  const out = formatDiagnosis(diagnosis);
  const trained = training(env);
  if (diagnosis.refusal) {
    expect(diagnosis.refusal.reason).toBe(trained);
    expect(out).toContain(`Training would fail at once: ${trained}`);
  } else {
    expect(out).toContain(`Training takes the device ${trained}.`);
    const rule = diagnosis.devices.find(({ name }) => name === trained);
    if (rule?.available && rule.description.settings?.stepThreads !== undefined) {
      expect(out).toMatch(/^ +a captured step uses (one thread|all threads) in an op/m);
    }
  }
  expect(code).toBe(diagnosis.refusal ? 1 : 0);
  return { out, diagnosis };
}

/** A runtime in a cache: links to the real library, and a manifest that is cut off. */
function installed(cache: string): string {
  const runtime = join(cache, 'cantrip/tensorflow-2.21.0-cpu');
  mkdirSync(join(runtime, 'tensorflow'), { recursive: true });
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    symlinkSync(join(dirname(library!), name), join(runtime, 'tensorflow', name));
  }
  return runtime;
}

describe('doctor says what training would do', () => {
  it.each([
    ['that does not exist', '/nowhere/at/all', 'is /nowhere/at/all, which does not exist'],
    ['that is a folder without a library', '/', 'is the folder /, which contains no libtensorflow_cc.so.2'],
    ['that is no library', fileURLToPath(import.meta.url), 'is a text file, which does not load'],
    ['that is relative and leads nowhere', './nowhere', '/nowhere, which does not exist'],
    ['of nonsense', '\u0007 ; rm -rf', 'which does not exist'],
  ])('where CANTRIP_TENSORFLOW names something %s: it ends', (_, given, reason) => {
    const { out, diagnosis } = doctor({ CANTRIP_TENSORFLOW: given });
    expect(diagnosis.refusal?.reason).toContain(reason);
    expect(out).toContain(reason);
  });

  it('where there is no cache: it takes wasm, with the command', () => {
    const { out } = doctor({});
    expect(out).toContain('Training takes the device wasm.');
    expect(out).toMatch(/no TensorFlow library was found\n.*to get it: npx @cantrip\/cli install-runtime\n/);
  });

  it('where the cache is a file: it takes wasm, with the command', () => {
    mkdirSync(join(folder, 'cache'));
    writeFileSync(join(folder, 'cache/cantrip'), '');
    expect(doctor({}).out).toContain('Training takes the device wasm.');
  });
});

describe.skipIf(library === undefined)('doctor says what training would do', () => {
  it('where the installed runtime is damaged: it takes wasm, with the file and the command', () => {
    const runtime = installed(join(folder, 'cache'));
    writeFileSync(join(runtime, 'cantrip-manifest.json'), '{"format":1');
    const { out } = doctor({});
    const problem = `${runtime}/cantrip-manifest.json is damaged: it is not JSON`;
    expect(out).toContain('Training takes the device wasm.');
    expect(out).toContain(`${problem}\n${' '.repeat(19)}to get it: npx @cantrip/cli install-runtime\n`);
    expect(out).toMatch(new RegExp(`installed runtime +none +${problem}`));
  });

  it('where the library of an older install is cut off: it takes wasm, with the file and the command', () => {
    const runtime = installed(join(folder, 'cache'));
    const path = join(runtime, 'tensorflow/libtensorflow_framework.so.2');
    rmSync(path);
    cpSync(join(dirname(library!), 'libtensorflow_framework.so.2'), path);
    truncateSync(path, 1_000_000);
    const { out } = doctor({});
    expect(out).toContain('Training takes the device wasm.');
    expect(out).toMatch(/is truncated: it has 1000000 of \d+ bytes\n.*install-runtime/);
  });

  it('where XDG_CACHE_HOME is relative: what lies in ~/.cache is taken', () => {
    const runtime = installed(join(folder, '.cache'));
    const { out } = doctor({ XDG_CACHE_HOME: 'cache' });
    expect(out).toContain('Training takes the device tensorflow.');
    expect(out).toContain(join(runtime, 'tensorflow/libtensorflow_cc.so.2'));
  });

  it('where CANTRIP_TENSORFLOW is relative and right: the library there is taken', () => {
    installed(join(folder, 'here'));
    const { out } = doctor({ CANTRIP_TENSORFLOW: 'here/cantrip/tensorflow-2.21.0-cpu' });
    expect(out).toContain('Training takes the device tensorflow.');
  });
});
