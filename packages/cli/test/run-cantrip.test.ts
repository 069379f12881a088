import { describe, expect, it } from 'vitest';
import type { Diagnosis, InstallRuntimeOptions } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import { formatDiagnosis, runCantrip } from '@cantrip/cli';
import { formatAge, tuningLines } from '../src/doctor/format-tuning.ts';
import { storedChoice } from './stored-choice.ts';

const description = {
  name: 'wasm',
  version: 'tfjs-backend-wasm 4.22.0',
  threads: 2,
  hardware: 'AMD EPYC',
  memory: 4 * 1024 ** 3,
  passedOver: [],
} as const;

const diagnosis: Diagnosis = {
  node: '20.19.0',
  platform: 'linux x64',
  hardware: 'AMD EPYC',
  threads: 2,
  memory: 8 * 1024 ** 3,
  devices: [
    { name: 'cuda', available: false, reason: 'there is no NVIDIA driver' },
    {
      name: 'tensorflow',
      available: false,
      reason: 'no TensorFlow library was found',
      fix: 'npx @cantrip/cli install-runtime',
    },
    { name: 'wasm', available: true, description },
  ],
  tuning: { folder: '/home/ada/.cache/cantrip/tuning', files: [] },
  libraries: [
    { source: 'CANTRIP_TENSORFLOW', path: 'not set', found: false },
    { source: 'cache', path: '/home/ada/.cache/cantrip', found: false },
  ],
};

/** Runs the command over made-up findings; gives what it printed and how it was called. */
async function run(...args: string[]): Promise<{
  code: number;
  out: string;
  err: string;
  installed: InstallRuntimeOptions[];
}> {
  let [out, err] = ['', ''];
  const installed: InstallRuntimeOptions[] = [];
  const code = await runCantrip(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    core: async () => ({
      diagnose: async () => diagnosis,
      installRuntime: async (options = {}) => {
        installed.push(options);
        if (options.version === '1.0.0') {
          throw new CantripError('RUNTIME_INSTALL', {
            who: 'installRuntime',
            what: 'there is no TensorFlow 1.0.0 for this machine',
            fix: 'Ask for 2.21.0',
          });
        }
        if (options.version === 'crash') throw new TypeError('a defect');
        options.log?.('downloading 270 MB');
        return {
          version: '2.21.0',
          cuda: options.cuda ?? false,
          folder: '/cache',
          library: '/cache/libtensorflow_cc.so.2',
          bytes: 1024 ** 3,
          alreadyThere: false,
        };
      },
    }),
  });
  return { code, out, err, installed };
}

describe('cantrip doctor', () => {
  it('says which device training takes, and what each better one needs', async () => {
    const { code, out } = await run('doctor');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'Node 20.19.0 on linux x64: AMD EPYC, 2 threads, 8.0 GiB',
        '',
        'Training takes the device wasm.',
        '',
        'Devices, best first',
        '  cuda        no   there is no NVIDIA driver',
        '  tensorflow  no   no TensorFlow library was found',
        '                   to get it: npx @cantrip/cli install-runtime',
        '  wasm        yes  tfjs-backend-wasm 4.22.0, AMD EPYC, 2 threads, 4.0 GiB',
        '',
        'Places searched for TensorFlow',
        '  CANTRIP_TENSORFLOW  none   not set',
        '  cache               none   /home/ada/.cache/cantrip',
        '',
      ].join('\n'),
    );
  });

  it('lists what was measured, with its gain and age, what is damaged, and how to clear it', () => {
    const files = [
      { path: '/a.json', choice: storedChoice },
      {
        path: '/b.json',
        choice: { ...storedChoice, name: 'b', environment: {}, compile: undefined, ratio: 1 },
      },
      { path: '/c.json', problem: 'Unexpected end of JSON input' },
    ];
    expect(tuningLines({ folder: '/cache/tuning', files }, Date.parse('2026-11-27T01:00:00Z'))).toEqual([
      'Measured by cudnn-tuner, newest first',
      "  digits/train.ts: TF_ENABLE_ONEDNN_OPTS=1 TF_NUM_INTEROP_THREADS=1 compile: 'xla'",
      '    0.65 of the default step time, 122 ms; 3 days ago, tensorflow, TensorFlow 2.21.0, 2 threads, inputs[64,28,28,1]',
      "  b: TensorFlow's defaults",
      '    the default step time, 122 ms; 3 days ago, tensorflow, TensorFlow 2.21.0, 2 threads, inputs[64,28,28,1]',
      '  /c.json is ignored: Unexpected end of JSON input',
      "  to measure again: rm -r '/cache/tuning'",
    ]);
    expect(formatDiagnosis({ ...diagnosis, tuning: { folder: '/cache/tuning', files } })).toContain(
      'Measured by',
    );
  });

  it.each([
    [5_000, 'just now'],
    [60_000, '1 minute ago'],
    [7_200_000, '2 hours ago'],
    [86_400_000, '1 day ago'],
  ])('tells %i ms as %s', (milliseconds, text) => expect(formatAge(milliseconds)).toBe(text));

  it('prints the same findings as JSON', async () => {
    const { out } = await run('doctor', '--json');
    expect(JSON.parse(out)).toEqual(diagnosis);
  });

  it('ends as training would, with exit code 1, where that would be refused', async () => {
    const reason = '[tensorflow] CANTRIP_TENSORFLOW is /nowhere, which does not exist. (LIBRARY_NOT_FOUND)';
    expect(formatDiagnosis({ ...diagnosis, refusal: { reason } })).toContain(
      `Training would fail at once: ${reason}`,
    );
  });

  it('leaves out the libraries where none was looked for', () => {
    expect(formatDiagnosis({ ...diagnosis, libraries: [] })).not.toContain('looked for');
  });
});

describe('cantrip install-runtime', () => {
  it('passes on what happens and ends with what there is now', async () => {
    const { code, out, installed } = await run('install-runtime');
    expect(code).toBe(0);
    expect(out).toBe(
      'downloading 270 MB\nTensorFlow 2.21.0 is installed: /cache/libtensorflow_cc.so.2 (1.0 GiB)\n',
    );
    expect(installed[0]).toEqual({ log: expect.any(Function) as unknown });
  });

  it('prints what is there now as JSON, and what happens on standard error', async () => {
    const { code, out, err } = await run('install-runtime', '--json', '--cuda');
    expect(JSON.parse(out)).toEqual({
      version: '2.21.0',
      cuda: true,
      folder: '/cache',
      library: '/cache/libtensorflow_cc.so.2',
      bytes: 1024 ** 3,
      alreadyThere: false,
    });
    expect({ code, err }).toEqual({ code: 0, err: 'downloading 270 MB\n' });
  });

  it('asks for CUDA and a version where the user does', async () => {
    const { out, installed } = await run('install-runtime', '--cuda', '--version', '2.20.0');
    expect(installed[0]).toMatchObject({ cuda: true, version: '2.20.0' });
    expect(out).toContain('TensorFlow 2.21.0 with CUDA is installed');
  });
});

describe('an error', () => {
  it('is its message alone, and exit code 1', async () => {
    const { code, err } = await run('install-runtime', '--version', '1.0.0');
    expect(code).toBe(1);
    expect(err).toBe(
      '[installRuntime] there is no TensorFlow 1.0.0 for this machine. Ask for 2.21.0. (RUNTIME_INSTALL)\n',
    );
  });

  it('keeps its stack where it is a defect of ours', async () => {
    const { code, err } = await run('install-runtime', '--version', 'crash');
    expect(code).toBe(1);
    expect(err).toMatch(/^TypeError: a defect\n\s+at /);
  });

  it.each([
    [['dokter'], /unknown command 'dokter'/],
    [['doctor', '--jason'], /unknown option '--jason'/],
    [['install-runtime', '--version'], /argument missing/],
  ])('names the mistake in %j and where help is', async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).toContain('--help');
    expect(err).not.toMatch(/^\s+at /m);
  });
});
