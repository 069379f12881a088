import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const core = new URL('../../src/index.ts', import.meta.url).href;

/** A folder in which every file that a program might run by mistake leaves a mark. */
function trap(): { readonly folder: string; readonly mark: string } {
  const folder = mkdtempSync(join(tmpdir(), 'trap-'));
  const mark = join(folder, 'executed');
  const python = `open(${JSON.stringify(mark)}, "w").close()\n`;
  for (const name of ['pip', 'tensorflow', 'sitecustomize', 'usercustomize', 'importlib', 'encodings']) {
    writeFileSync(join(folder, `${name}.py`), python);
  }
  mkdirSync(join(folder, 'pip'));
  writeFileSync(join(folder, 'pip/__main__.py'), python);
  for (const bin of ['.', 'node_modules/.bin']) {
    mkdirSync(join(folder, bin), { recursive: true });
    for (const name of ['uv', 'python3', 'pip3']) {
      const path = join(folder, bin, name);
      if (existsSync(path)) continue;
      writeFileSync(path, `#!/bin/sh\ntouch ${mark}\n`);
      chmodSync(path, 0o755);
    }
  }
  for (const name of [
    'koffi',
    'tsx',
    '@cantrip/errors',
    '@cantrip/core-tensor-gpu',
    '@tensorflow/tfjs-core',
  ]) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), '{"type":"commonjs","main":"index.js"}');
    writeFileSync(join(path, 'index.js'), `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');\n`);
  }
  for (const name of ['node', 'tsx', 'npx', 'sh']) {
    writeFileSync(join(folder, name), `#!/bin/sh\ntouch ${mark}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { folder, mark };
}

/** Runs a program that imports the package, in that folder, with what a project may set. */
async function runIn(folder: string, program: string, cache: string): Promise<string> {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, `import * as core from ${JSON.stringify(core)};\n${program}`);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@cantrip/source', `--import=${tsx}`, file],
    {
      cwd: folder,
      env: {
        ...process.env,
        XDG_CACHE_HOME: cache,
        CANTRIP_TENSORFLOW: '',
        PATH: `.:${folder}/node_modules/.bin:${folder}:${process.env['PATH']}`,
        PYTHONPATH: folder,
        PYTHONSTARTUP: join(folder, 'sitecustomize.py'),
        VIRTUAL_ENV: '.',
        // No registry answers here, so that nothing is downloaded.
        PIP_INDEX_URL: 'http://127.0.0.1:9/',
        UV_INDEX_URL: 'http://127.0.0.1:9/',
        PIP_RETRIES: '0',
      },
    },
  );
  return stdout;
}

describe('a project folder that holds files named as programs and modules', () => {
  it('has none of them run by the installer', async () => {
    const { folder, mark } = trap();
    const cache = mkdtempSync(join(tmpdir(), 'cache-'));
    const said = await runIn(
      folder,
      'await core.installRuntime({ version: "2.20.0" }).catch((error) => console.log(error.code));',
      cache,
    );
    expect(said.trim()).toBe('RUNTIME_INSTALL');
    expect(existsSync(mark)).toBe(false);
    expect(readdirSync(join(cache, 'cantrip'))).toEqual([]);
  });

  it('has none of them run by the search for a library', async () => {
    const { folder, mark } = trap();
    await runIn(folder, 'await core.findLibrary();', mkdtempSync(join(tmpdir(), 'cache-')));
    expect(existsSync(mark)).toBe(false);
  });

  it('has none of them run by a device that is opened, by diagnose, or by a lock', async () => {
    const { folder, mark } = trap();
    const lock = new URL('../../../file-lock/src/index.ts', import.meta.url).href;
    const said = await runIn(
      folder,
      `const { tryLock } = await import(${JSON.stringify(lock)});
      const { devices } = await core.diagnose();
      const { name } = (await core.openDevice('auto')).describe();
      const path = ${JSON.stringify(join(folder, 'lock'))};
      tryLock(path);
      // Held by what can't be seen from here, so that its socket is asked.
      const { readFileSync, writeFileSync } = await import('node:fs');
      const holder = { ...JSON.parse(readFileSync(path, 'utf8')), namespace: 'another', token: 'other' };
      writeFileSync(path, JSON.stringify(holder));
      writeFileSync(path + '.other.sock', '');
      const answer = tryLock(path);
      console.log([devices.length, name, 'holder' in answer || 'release' in answer].join(' '));
      process.exit();`,
      mkdtempSync(join(tmpdir(), 'cache-')),
    );
    expect(said.trim()).toBe('4 wasm true');
    expect(existsSync(mark)).toBe(false);
  });
});
