import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installRuntime } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';
import { fakeUv as fake, layOutWheel as wheelOf } from './fake-uv.ts';

const library = (await requireDevice('tensorflow'))?.describe().library ?? '';

let root = '';
let cache = '';

const fakeUv = (script: string): void => fake(root, script);
const layOutWheel = wheelOf(library);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'install-'));
  cache = join(root, 'cache/cantrip');
  vi.stubEnv('XDG_CACHE_HOME', join(root, 'cache'));
  vi.stubEnv('CANTRIP_NO_INSTALL', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

describe.skipIf(library === '')('installRuntime', () => {
  it('gets the wheel, keeps the library and its notices, proves it and puts it into place', async () => {
    fakeUv(layOutWheel);
    const lines: string[] = [];
    const installed = await installRuntime({ log: (line) => lines.push(line) });
    expect(installed).toMatchObject({ version: '2.21.0', cuda: false, alreadyThere: false });
    expect(installed.library).toBe(join(cache, 'tensorflow-2.21.0-cpu/tensorflow/libtensorflow_cc.so.2'));
    expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu']);
    expect(readdirSync(installed.folder)).toEqual([
      'cantrip-manifest.json',
      'tensorflow',
      'tensorflow_cpu-2.21.0.dist-info',
    ]);
    expect(readdirSync(join(installed.folder, 'tensorflow_cpu-2.21.0.dist-info'))).toEqual(['METADATA']);
    expect(readdirSync(join(installed.folder, 'tensorflow'))).toEqual([
      'THIRD_PARTY_NOTICES.txt',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ]);
    expect(lines.join('\n')).toMatch(
      /with uv: about 270 MB\n.*Training one step as a test\n?.*\n.*is ready: /,
    );
  });

  it('downloads nothing where it is there already', async () => {
    fakeUv(layOutWheel);
    await installRuntime();
    fakeUv('exit 1');
    expect(await installRuntime()).toMatchObject({ alreadyThere: true });
  });

  it('may run twice at the same time', async () => {
    fakeUv(`${layOutWheel}\nsleep 0.2`);
    const both = await Promise.all([installRuntime(), installRuntime()]);
    expect(both[0].library).toBe(both[1].library);
    expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu']);
  });

  it('leaves nothing behind where the downloaded library does not run', async () => {
    fakeUv('mkdir -p "$4/tensorflow"; echo no > "$4/tensorflow/libtensorflow_cc.so.2"');
    await expect(installRuntime()).rejects.toThrow(
      /the downloaded library does not run: .*is a text file.*RUNTIME_INSTALL/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe('installRuntime', () => {
  it("tells the installer's own reason where the download fails", async () => {
    fakeUv('echo "error: no such version" >&2; exit 2');
    await expect(installRuntime({ version: '9.9.9' })).rejects.toThrow(
      /uv pip could not install tensorflow\S*==9.9.9: error: no such version\. Run .* \(RUNTIME_INSTALL\)/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  it('refuses a package that holds no library', async () => {
    fakeUv('mkdir -p "$4/tensorflow"');
    await expect(installRuntime()).rejects.toThrow('contains no libtensorflow_cc');
  });

  it('names the commands that get uv or pip where there is neither', async () => {
    vi.stubEnv('PATH', join(root, 'nothing'));
    await expect(installRuntime()).rejects.toThrow(
      /neither uv nor pip was found.*`.* install .*RUNTIME_INSTALL/,
    );
    expect(existsSync(cache)).toBe(false);
  });

  it('does nothing where CANTRIP_NO_INSTALL=1 forbids it', async () => {
    fakeUv(layOutWheel);
    vi.stubEnv('CANTRIP_NO_INSTALL', '1');
    await expect(installRuntime()).rejects.toThrow('CANTRIP_NO_INSTALL=1 forbids installing TensorFlow');
  });

  it('removes what an install that was killed left behind a day ago', async () => {
    const [old, young] = ['old', 'young'].map((name) => join(cache, `tensorflow-2.21.0-cpu.part-${name}`));
    for (const folder of [old!, young!]) mkdirSync(folder, { recursive: true });
    utimesSync(old!, new Date(0), new Date(0));
    fakeUv('exit 1');
    await expect(installRuntime()).rejects.toThrow('RUNTIME_INSTALL');
    expect(readdirSync(cache)).toEqual(['tensorflow-2.21.0-cpu.part-young']);
  });

  it.each([
    [{ version: 'latest' }, 'version must be a version like 2.21.0, got "latest"'],
    [{ version: '2.21.0; rm -rf /' }, 'version must be a version like 2.21.0'],
    [{ cuda: 'yes' }, 'cuda must be a boolean, got "yes"'],
    [{ folder: '/tmp' }, 'has no option folder'],
  ])('refuses %j', async (options, message) => {
    await expect(installRuntime(options as object)).rejects.toThrow(message);
  });
});

describe.skipIf(library === '')('installRuntime for CUDA', () => {
  it("gets NVIDIA's packages that TensorFlow's own metadata names, into the same folder", async () => {
    const metadata =
      'Requires-Dist: numpy>=1.26\\nRequires-Dist: nvidia-cudnn-cu12<10.0,>=9.3; extra == "and-cuda"\\n';
    fakeUv(`
case "$*" in
*nvidia-*) mkdir -p "$4/nvidia/cudnn/lib" "$4/nvidia/cudnn/include"; echo "$*" > "$4/nvidia/cudnn/lib/asked" ;;
*) ${layOutWheel}
   mkdir "$folder/tensorflow-2.21.0.dist-info"
   printf '${metadata}' > "$folder/tensorflow-2.21.0.dist-info/METADATA" ;;
esac`);
    const { folder } = await installRuntime({ cuda: true });
    expect(folder).toBe(join(cache, 'tensorflow-2.21.0-cuda'));
    expect(readdirSync(join(folder, 'nvidia/cudnn'))).toEqual(['lib']);
    expect(existsSync(join(folder, 'nvidia/cudnn/lib/asked'))).toBe(true);
  });

  it('says in one sentence that the cache can not be written to', async () => {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(cache, 'a file in the place of the folder');
    await expect(installRuntime()).rejects.toThrow(
      /^\[installRuntime\] the folder .*cantrip cannot be written to .*\(RUNTIME_INSTALL\)$/,
    );
  });

  it('takes no program of the current folder, and those of folders below it', async () => {
    fakeUv(layOutWheel);
    const from = vi.spyOn(process, 'cwd').mockReturnValue(root);
    try {
      expect((await installRuntime()).alreadyThere).toBe(false);
      from.mockReturnValue(join(root, 'bin'));
      await expect(installRuntime({ version: '2.20.0' })).rejects.toThrow('neither uv nor pip was found');
    } finally {
      from.mockRestore();
    }
  });
});
