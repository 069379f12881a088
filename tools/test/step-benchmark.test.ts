import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../benchmarks/step/cases/cases.ts';
import { chart } from '../benchmarks/step/page/chart.ts';
import { commandOf } from '../benchmarks/step/contenders/contender-command.ts';
import { contenders, contendersOf } from '../benchmarks/step/contenders/contenders.ts';
import { compareLosses } from '../benchmarks/step/page/compare-losses.ts';
import { upstreamGradients } from '../benchmarks/step/contenders/upstream-gradients.ts';
import { flopsOfStep, parametersOf } from '../benchmarks/step/cases/flops.ts';
import { idleCheck } from '../benchmarks/measuring/idle-check.ts';
import { page, verdictTable } from '../benchmarks/step/page/page.ts';
import { notAsPinned, readPins } from '../benchmarks/step/contenders/pins.ts';
import { type Measured, reportCase } from '../benchmarks/step/page/report-case.ts';
import type { Report } from '../benchmarks/step/page/report.ts';
import { readTensors, writeTensors } from '../benchmarks/step/cases/safetensors.ts';
import { ratioSpread, spreadOf } from '../benchmarks/measuring/spread.ts';
import { type Verdict, verdictsOf } from '../benchmarks/step/page/targets.ts';
import { speedTable } from '../generate/speed-table.ts';
import { runCommand } from '../test-all/run-command.ts';
import { workspaceOf } from '../workspace/workspace.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'step-benchmark-'));

describe('a spread', () => {
  it("has the median and the quartiles of NumPy's quantile", () => {
    expect(spreadOf([5, 1, 9, 2])).toEqual({ low: 1.75, median: 3.5, high: 6 });
  });

  it('of ratios takes each ratio within its round', () => {
    expect(ratioSpread([2, 6, 12], [1, 2, 3])).toEqual({ low: 2.5, median: 3, high: 3.5 });
    expect(() => ratioSpread([1, 2], [1])).toThrow('2 rounds cannot be compared with 1');
  });
});

describe("a case's network", () => {
  beforeAll(() => openDevice('cpu'));

  // torch.utils.flop_counter.FlopCounterMode of PyTorch 2.15 over the same networks in the peers. It
  // counts the gradient of a depthwise kernel as if it were dense, so there its forward pass stands thrice, once less
  // for the stem's: 3 * 1057652736 - 56623104 in the MobileNet. It knows that the first state of the GRU is no input with a gradient,
  // which saves a product of 2097152.
  it.each([
    ['resnet20', 11_897_978_880, 272_186],
    ['cnn', 1_824_817_152, 34_826],
    ['mlp', 104_726_528, 203_530],
    ['mobilenet', 3_116_335_104, 136_778],
    ['text-cnn', 1_510_440_960, 682_378],
    ['gru-lm', 9_260_105_728 + 2_097_152, 2_668_688],
    ['decoder', 3_202_351_104, 661_992],
    ['decoder-function', 3_202_351_104, 661_992],
    ['embedding', 983_040, 12_802_570],
    ['resnet50-b4', 97_147_650_048, 23_475_402],
    ['efficientnet-lite0', 3 * 6_142_725_632 - 173_408_256, 3_383_818],
  ])('%s has the FLOP of a step and the parameters that PyTorch counts', (name, flops, parameters) => {
    const oneCase = cases.find((one) => one.name === name)!;
    const model = oneCase.model();
    expect(flopsOfStep(model, oneCase.batch)).toBe(flops);
    expect(parametersOf(model, oneCase)).toBe(parameters);
  });
});

describe('the contenders of a case', () => {
  const caseOf = (name: string): (typeof cases)[number] => cases.find((one) => one.name === name)!;
  const namesIn = (name: string): string[] => contendersOf(caseOf(name)).map((one) => one.name);
  const ordinary = ['cantrip', 'tfjs', 'keras', 'keras-jit', 'torch', 'torch-compile', 'jax'];

  it('are every way of each framework, ours with fixed threads too, at batch 4 all with one thread in an op, in the MLP ops of Keras in turn', () => {
    expect(namesIn('resnet20')).toEqual([
      'cantrip',
      'cantrip-one-thread',
      'cantrip-all-threads',
      ...ordinary.slice(1),
    ]);
    expect(namesIn('mlp').sort()).toEqual(
      [...ordinary, 'cantrip-one-thread', 'cantrip-all-threads', 'keras-in-turn'].sort(),
    );
    const oneThread = ordinary.map((name) => `${name}-one-thread`);
    expect(namesIn('fine-tuning').sort()).toEqual([...ordinary, ...oneThread, 'cantrip-all-threads'].sort());
  });

  it('are those that --only names, in every case', () => {
    const named = contenders.filter(({ name }) => name === 'cantrip-eager' || name === 'cantrip-xla');
    expect(contendersOf(caseOf('cnn'), named)).toBe(named);
  });

  it('have the same numbers of threads, and with one thread in an op each has one', () => {
    const threads = availableParallelism();
    const place = { problemFile: 'problem', threads, scratchFolder: '.' };
    const counts = new Map(
      contendersOf(caseOf('fine-tuning')).map((one) => {
        const { environment } = commandOf(one, caseOf('fine-tuning'), place);
        return [one.name, Object.entries(environment).filter(([name]) => /THREADS|NPROC/.test(name))];
      }),
    );
    const sorted = (name: string): [string, string][] => counts.get(name)!.toSorted();
    const [all, one] = [sorted('torch'), sorted('torch-one-thread')];
    const count = String(threads);
    expect(all.map(([, given]) => given)).toEqual(all.map(() => count));
    expect(one).toEqual(all.map(([name, given]) => [name, name === 'TF_NUM_INTEROP_THREADS' ? given : '1']));
    // Cantrip's own choice of the threads in an op is compared.
    const chosen = all.filter(([name]) => name !== 'TF_NUM_INTRAOP_THREADS');
    expect(sorted('cantrip')).toEqual(chosen);
    expect(sorted('cantrip-all-threads')).toEqual([...chosen, ['CANTRIP_STEP_THREADS', 'all']].toSorted());
    for (const name of counts.keys())
      if (!['cantrip', 'cantrip-all-threads'].includes(name))
        expect(sorted(name), name).toEqual(name.endsWith('one-thread') ? one : all);
  });
});

describe("the peers' pins", () => {
  const pinsOf = (file: string): ReturnType<typeof readPins> =>
    readPins(readFileSync(join(root, 'tools/benchmarks/step/peers', file), 'utf8'));

  it('of all that is installed hold what is asked for by name, in the same versions', () => {
    const lock = pinsOf('lock.txt');
    expect(notAsPinned(pinsOf('requirements.txt'), lock)).toEqual([]);
    // Some of what the peers' own metadata ask for.
    expect([...lock.keys()]).toEqual(expect.arrayContaining(['jaxlib', 'ml-dtypes', 'optree', 'setuptools']));
  });

  it('name a version for each package, in whatever build, and nothing else', () => {
    expect([...readPins('# why\n\nTorch==2.15.0+cpu\nml_dtypes==0.6.0\n')]).toEqual([
      ['torch', '2.15.0'],
      ['ml-dtypes', '0.6.0'],
    ]);
    for (const line of ['jax>=0.10', 'jax', 'jax @ file:///tmp/jax', '-e .'])
      expect(() => readPins(line), line).toThrow(`name==version, got: ${line}`);
    expect(notAsPinned(readPins('a==1\nb==2\nc==3'), readPins('a==1\nb==3'))).toEqual(['b 2', 'c 3']);
  });
});

describe('the losses of two contenders', () => {
  it('may differ by rounding', () => {
    expect(() => compareLosses({ cantrip: [2.5, 2.25], torch: [2.5, 2.2515] })).not.toThrow();
  });

  it.each([
    ['by more', [2.5, 2.2535]],
    ['in their number', [2.5]],
    ['by not being numbers', [2.5, Number.NaN]],
  ])('fail the run, with a table, when they differ %s', (_, torch) => {
    expect(() => compareLosses({ cantrip: [2.5, 2.25], torch })).toThrow(
      /losses of torch are not those of cantrip[^]*\| 0 +\| 2\.500000 \| 2\.500000 \|/,
    );
  });
});

describe('a safetensors file', () => {
  const tensors = {
    a: { values: Float32Array.of(1.5, -2, 3, 4), shape: [2, 2] },
    b: { values: Int32Array.of(7, -8), shape: [2] },
    c: { values: Uint8Array.of(1, 255), shape: [2] },
  };

  it("by the library's Python is read", () => {
    const path = join(temporaryFolder(), 'python.safetensors');
    const written =
      'qAAAAAAAAAB7ImEiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzAsMTZdfSwiYiI6eyJkdHlwZSI6IkkzMiIs' +
      'InNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzE2LDI0XX0sImMiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzI0' +
      'LDI2XX19ICAAAMA/AAAAwAAAQEAAAIBABwAAAPj///8B/w==';
    writeFileSync(path, Buffer.from(written, 'base64'));
    expect(readTensors(path)).toEqual(tensors);
  });

  it('by ours is the same', () => {
    const path = join(temporaryFolder(), 'ours.safetensors');
    writeTensors(path, tensors);
    expect(readTensors(path)).toEqual(tensors);
  });
});

describe("tfjs-core's own gradients", () => {
  it('are back after others have taken their place', () => {
    const own = tf.getGradient(tf.Relu);
    const restore = upstreamGradients();
    tf.unregisterGradient(tf.Relu);
    tf.registerGradient({ ...own });
    restore();
    expect(tf.getGradient(tf.Relu)).toBe(own);
  });
});

describe.runIf(process.platform === 'linux')('processes between their turns', () => {
  it('are named when they are busy', async () => {
    const start = (program: string): number => {
      const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
      children.push(child);
      return child.pid!;
    };
    const children: ReturnType<typeof spawn>[] = [];
    try {
      const check = idleCheck({ spinning: start('for (;;);'), resting: start('setInterval(() => {}, 1e6)') });
      await setTimeout(500);
      for (let turn = 0; turn < 2; turn++) {
        for (const name of ['spinning', 'resting']) await check.duringTurn(name, () => Promise.resolve());
        await setTimeout(1200);
      }
      for (const name of ['spinning', 'resting']) await check.duringTurn(name, () => Promise.resolve());
      expect(() => check.requireIdle()).toThrow(/^These kept a core busy[^]*: spinning \d+ %\.$/);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });
});

const measured = (
  name: string,
  family: Measured['contender']['family'],
  stepMilliseconds: number[],
): Measured => ({
  contender: { name, title: name, family, file: '', options: {} },
  versions: { [family]: '1' },
  losses: [2],
  firstStepMilliseconds: 4000,
  stepMilliseconds,
  productMilliseconds: [2, 2, 2],
  epochs: [{ bareStepMilliseconds: 9, stepMilliseconds: 10 }],
  peakBytes: 5e8,
});

const report: Report = {
  date: '2030-01-01',
  machine: { hardware: 'a processor', cores: 2, memory: 2 ** 34, system: 'Linux', load: 0 },
  threads: 2,
  rounds: 3,
  epochRounds: 1,
  warmUp: 3,
  minutes: 19,
  cases: [
    reportCase(
      cases[0]!,
      [
        measured('cantrip', 'cantrip', [80, 100, 120]),
        measured('torch', 'torch', [100, 125, 200]),
        measured('torch-compile', 'torch', [100, 100, 100]),
        measured('tfjs', 'tfjs', [400, 400, 400]),
      ],
      { flopsPerStep: 1.2e10, parameters: 272_186, stepsPerRound: 5 },
    ),
  ],
};

describe('a report', () => {
  it("is held against the faster of a framework's ways", () => {
    const verdicts = verdictsOf(report);
    expect(verdicts.map(({ what, measured, met }) => [what, measured.median, met])).toEqual([
      ["step time over PyTorch's best (torch-compile)", 1, false],
      ['step time over TensorFlow.js', 0.25, true],
      ['images a second in an epoch over bare steps', 0.9, false],
      ['first step', 4, false],
    ]);
  });

  it('takes the ratio of Cantrip by default round by round, and holds its threads against the better fixed number', () => {
    const facts = { flopsPerStep: 1.2e10, parameters: 272_186, stepsPerRound: 5 };
    const ways = [
      measured('cantrip', 'cantrip', [80, 100, 120]),
      measured('cantrip-one-thread', 'cantrip', [40, 50, 90]),
      measured('cantrip-all-threads', 'cantrip', [80, 90, 125]),
      measured('torch', 'torch', [160, 50, 100]),
    ];
    const [verdict, threads] = verdictsOf({ ...report, cases: [reportCase(cases[0]!, ways, facts)] });
    expect(verdict!.what).toBe("step time over PyTorch's best");
    // [80 / 160, 100 / 50, 120 / 100]
    expect(verdict!.measured).toEqual({ low: 0.85, median: 1.2, high: 1.6 });
    expect(threads!.what).toBe('step time over the better of one and all threads (cantrip-one-thread)');
    // [80 / 40, 100 / 50, 120 / 90]
    expect([threads!.measured.median, threads!.target.value, threads!.met]).toEqual([2, 1.02, false]);
  });

  it('says plainly what was met and by how much the rest was missed', () => {
    const verdict = (median: number, target: Verdict['target'], met: boolean): Verdict => ({
      caseName: 'mlp',
      caseTitle: 'MLP',
      kind: 'step',
      what: 'a ratio',
      measured: { low: median - 0.1, median, high: median + 0.1 },
      target,
      met,
    });
    const lines = verdictTable([
      verdict(0.25, { kind: 'at most', value: 0.3 }, true),
      verdict(1.1, { kind: 'at most', value: 1 }, false),
      verdict(0.9, { kind: 'at least', value: 1 }, false),
    ]).split('\n');
    expect(lines[2]).toMatch(/^\| MLP +\| a ratio \| 0\.250 \[0\.150, 0\.350\] \| at most 0\.3 +\| met +\|$/);
    expect(lines[3]).toMatch(/at most 1 +\| missed by 11 % \|$/);
    expect(lines[4]).toMatch(/at least 1 +\| missed by 10 % \|$/);
  });

  it('becomes a page with the share of the speed of a product, and a chart', () => {
    // 2 * 512^3 in 2 ms are 134.2 GFLOP/s; 12 GFLOP in 100 ms are 120, or 89 % of them.
    expect(page(report)).toMatch(/\| cantrip +\| 100 \[90\.0, 110\] +\| +\| 89 % +\| 4\.00 s +\| 500 MB/);
    expect(page(report)).toMatch(/\| tfjs +\| 400 \[400, 400\] +\| 4\.00 \[3\.67, 4\.50\]/);
    expect(page(report)).toContain('This run took 19 minutes.');
    expect(page(report)).toContain('Each contender has 2 threads.');
  });

  it('becomes a chart in which a case has the bars of its own contenders alone', () => {
    const facts = { flopsPerStep: 1.2e10, parameters: 272_186, stepsPerRound: 5 };
    const ways = [measured('cantrip', 'cantrip', [2]), measured('jax-one-thread', 'jax', [3])];
    const svg = chart({ ...report, cases: [...report.cases, reportCase(cases[4]!, ways, facts)] });
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    const times = (text: string): number => svg.split(`>${text}</text>`).length - 1;
    const labels = ['cantrip', 'torch-compile', 'jax-one-thread', cases[0]!.title, cases[4]!.title, '1.50'];
    expect(labels.map(times)).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it("becomes README's table, of each framework's fastest way over ours", () => {
    const facts = { flopsPerStep: 1.2e10, parameters: 272_186, stepsPerRound: 5 };
    const ways = [
      measured('cantrip', 'cantrip', [80, 100, 120]),
      measured('cantrip-one-thread', 'cantrip', [40, 50, 60]),
      measured('torch', 'torch', [100, 125, 200]),
      measured('torch-compile-one-thread', 'torch', [50, 100, 60]),
      measured('jax', 'jax', [400, 400, 400]),
    ];
    const results = { ...report, cases: [reportCase(cases[4]!, ways, facts)] };
    const files = new Map([['tools/benchmarks/results/step.json', JSON.stringify(results)]]);
    const [, , row] = speedTable(workspaceOf(files)).split('\n');
    const cells = row!.split('|').map((cell) => cell.trim());
    // Of [50, 100, 60] over [80, 100, 120], round by round, the median is 0.625.
    expect(cells.slice(2, -1)).toEqual(['1', '0.63', '', '4.00', '']);
  });
});

describe('the targets', () => {
  const facts = { flopsPerStep: 1.2e10, parameters: 272_186, stepsPerRound: 5 };
  const ways = (['cantrip', 'torch', 'keras', 'tfjs', 'jax'] as const).map((name) =>
    measured(name, name, [1, 1, 1]),
  );
  const verdicts = verdictsOf({ ...report, cases: cases.map((one) => reportCase(one, ways, facts)) });
  const targetsOf = (what: string): unknown[] =>
    cases.map(({ name }) => {
      const verdict = verdicts.find((one) => one.caseName === name && one.what.startsWith(what));
      return verdict && [verdict.target.kind, verdict.target.value];
    });

  it('are those that were set out for: of step times, of epochs and of the first step', () => {
    const atMost = (value: number): unknown[] => ['at most', value];
    expect(targetsOf("step time over PyTorch's best")).toEqual(cases.map(() => atMost(0.95)));
    expect(targetsOf("step time over Keras's best")).toEqual(cases.map(() => atMost(0.9)));
    expect(targetsOf('step time over TensorFlow.js')).toEqual(cases.map(() => atMost(0.3)));
    expect(targetsOf('images a second')).toEqual(cases.map(() => ['at least', 0.93]));
    expect(targetsOf('first step')).toEqual(
      cases.map(({ name }) => (name === 'resnet20' ? atMost(3) : undefined)),
    );
    expect(verdicts).toHaveLength(4 * cases.length + 1);
  });
});

describe('the cases on wasm', () => {
  it('are the same for Cantrip and for the backend as it is', async () => {
    const program = ['--conditions=@cantrip/source', '--import', 'tsx'];
    const args = [...program, 'tools/benchmarks/programs/wasm-cases.ts', '1', 'mlp'];
    const { code, output } = await runCommand(process.execPath, args, { cwd: root, quiet: true });
    expect(code, output).toBe(0);
    expect(output).toMatch(/"mlp": \{[^]*"ratio"/);
  });
});

describe('npm run bench', () => {
  const runBench = (...options: string[]): ReturnType<typeof runCommand> => {
    const program = ['--conditions=@cantrip/source', '--import', 'tsx', 'tools/benchmarks/programs/step.ts'];
    return runCommand(process.execPath, [...program, ...options], { cwd: root, quiet: true });
  };

  it('runs a case of which TensorFlow.js and Cantrip do the same', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const file = join(temporaryFolder(), 'step.json');
    const options = [
      '--case',
      'mlp',
      '--only',
      'cantrip,tfjs',
      '--rounds',
      '1',
      '--steps',
      '2',
      '--warm-up',
      '0',
    ];
    const { code, output } = await runBench(...options, '--epoch-rounds', '0', '--json', file);
    expect(code, output).toBe(0);
    const [mlp] = (JSON.parse(readFileSync(file, 'utf8')) as Report).cases;
    expect(mlp!.contenders.map(({ name, losses }) => [name, losses.length])).toEqual([
      ['cantrip', 10],
      ['tfjs', 10],
    ]);
    expect(output).toContain('step time over TensorFlow.js');
  });

  it('refuses a case that does not exist', async () => {
    const { code, output } = await runBench('--case', 'resnet50');
    expect(code).toBe(1);
    expect(output).toContain(
      'There is no resnet50, only resnet20, cnn, mlp, mobilenet, fine-tuning, lstm, text-cnn, gru-lm, decoder, decoder-function, embedding, resnet50-b4, efficientnet-lite0, resnet50-64, resnet50-256, transformer.',
    );
  });
});
