import { fileURLToPath } from 'node:url';
import { presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { cases } from '../benchmarks/step/cases/cases.ts';
import { contenders } from '../benchmarks/step/contenders/contenders.ts';
import { isProduct, opTimes } from '../benchmarks/step/profile/op-times.ts';
import { profileCase, type ProfileReport, type WayTimes } from '../benchmarks/step/profile/profile-report.ts';
import { type Measured, reportCase } from '../benchmarks/step/page/report-case.ts';
import type { Report } from '../benchmarks/step/page/report.ts';
import { type NodeTime, nodeTimes } from '../benchmarks/step/profile/run-metadata.ts';
import { spreadOf } from '../benchmarks/measuring/spread.ts';
import { whatHoldsIt } from '../benchmarks/step/page/what-holds-it.ts';
import { stepBenchmark } from '../generate/step-benchmark.ts';
import { runCommand } from '../test-all/run-command.ts';
import { workspaceOf } from '../workspace/workspace.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// TensorFlow 2.21's own message in Python: config_pb2.RunMetadata with ops of two devices, one of them without a label,
// and a partition graph, which is no concern here.
const metadata =
  'Cv8BCs4BCiwvam9iOmxvY2FsaG9zdC9yZXBsaWNhOjAvdGFzazowL2RldmljZTpDUFU6MBIsCgdfU09VUkNFMgUKA2NwdToAQhBfU09VUkNFID0g' +
  'Tm9PcCgpUANoCnABeAISRwoGbG9naXRzEIDQlf+8MRgCMgUKA2NwdToAQhlsb2dpdHMgPSBfTWtsTWF0TXVsKHgsIHcpUANogID5wMHEggNw0A94' +
  'sNZbEicKBGxvc3MQgNCV/7wxMgUKA2NwdToAUANogoD5wMHEggNwBXiVoQ8KLAoNL2RldmljZTpDUFU6MRIbCgNhZGRCEWFkZCA9IEFkZFYyKGEs' +
  'IGIpeOgHGgUKAwoBeA==';

describe("TensorFlow's run metadata", () => {
  it('tell the time of every op on every device, from its own start to its end', () => {
    expect(nodeTimes(Buffer.from(metadata, 'base64'))).toEqual([
      { label: 'logits = _MklMatMul(x, w)', milliseconds: 1.5 },
      { label: 'loss', milliseconds: 0.25 },
      { label: 'add = AddV2(a, b)', milliseconds: 0.001 },
    ]);
  });
});

const step = (...nodes: (readonly [label: string, milliseconds: number])[]): NodeTime[] =>
  nodes.map(([label, milliseconds]) => ({ label, milliseconds }));

describe('the times of ops', () => {
  const steps = [
    step(['a = MatMul(x, w)', 1], ['b = MatMul(x, w)', 2], ['r = Relu(a)', 1]),
    step(['a = MatMul(x, w)', 3], ['b = MatMul(x, w)', 3], ['r = Relu(a)', 2]),
    step(['a = MatMul(x, w)', 40], ['b = MatMul(x, w)', 3], ['r = Relu(a)', 90]),
  ];

  it('are medians over the steps of all ops of a type, with their shares', () => {
    expect(opTimes(steps)).toEqual([
      { op: 'MatMul', count: 2, milliseconds: 6, share: 0.75 },
      { op: 'Relu', count: 1, milliseconds: 2, share: 0.25 },
    ]);
  });

  it('are those of each op by itself where that is asked for', () => {
    expect(opTimes(steps, true).map(({ op, milliseconds }) => [op, milliseconds])).toEqual([
      ['a = MatMul(x, w)', 3],
      ['b = MatMul(x, w)', 3],
      ['r = Relu(a)', 2],
    ]);
  });

  it.each([
    ['_MklNativeFusedMatMul', true],
    ['_MklNativeConv2DBackpropFilterWithBias', true],
    ['DepthwiseConv2dNativeBackpropInput', true],
    ['_FusedConv2D', true],
    ['_MklNativeFusedBatchNormGradV3', false],
    ['BiasAddGrad', false],
    ['ResourceApplyMomentum', false],
  ])('of %s count as a product: %s', (op, expected) => {
    expect(isProduct({ op })).toBe(expected);
  });
});

const wayOf = (name: string): (typeof contenders)[number] => contenders.find((one) => one.name === name)!;
const times = (step: number, productMilliseconds: number, ops: WayTimes['ops']): WayTimes => ({
  stepMilliseconds: spreadOf([step]),
  productMilliseconds: spreadOf([productMilliseconds]),
  batchMilliseconds: spreadOf([0.5]),
  ops,
});
const ops: WayTimes['ops'] = [
  { op: '_MklMatMul', count: 5, milliseconds: 6, share: 0.6 },
  ...Array.from({ length: 10 }, (_, i) => ({ op: `Op${i}`, count: 2, milliseconds: 0.4, share: 0.04 })),
];

// A product of 2 * 512^3 FLOP in 2 ms is one of 134.217728 GFLOP/s, and one in 4 ms half of that.
const FLOPS = 1342177280;
const profiled = profileCase(cases[4]!, FLOPS, [
  [wayOf('cantrip'), times(25, 2, ops)],
  [wayOf('cantrip-one-thread'), times(20, 4, ops)],
]);
const profile: ProfileReport = {
  date: '2030-01-02',
  machine: { hardware: 'a processor', cores: 2 },
  threads: 2,
  steps: 30,
  cases: [profiled],
};

const measured = (name: string, stepMilliseconds: number, wholeEpoch = stepMilliseconds): Measured => ({
  contender: wayOf(name),
  versions: {},
  losses: [2],
  firstStepMilliseconds: 400,
  stepMilliseconds: [stepMilliseconds],
  productMilliseconds: [2],
  epochs: [{ bareStepMilliseconds: stepMilliseconds, stepMilliseconds: wholeEpoch }],
  peakBytes: 5e8,
});
const reportOf = (...ways: Measured[]): Report => ({
  date: '2030-01-01',
  machine: { hardware: 'a processor', cores: 2, memory: 2 ** 34, system: 'Linux', load: 0 },
  threads: 2,
  rounds: 1,
  epochRounds: 1,
  warmUp: 3,
  minutes: 19,
  cases: [reportCase(cases[4]!, ways, { flopsPerStep: FLOPS, parameters: 272_186, stepsPerRound: 5 })],
});

describe('a profile', () => {
  it("has the floor at the fastest way's speed of a product, and the share of it that each way reaches", () => {
    expect(profiled).toMatchObject({ productGflops: 134.2, floorMilliseconds: 10 });
    expect(profiled.ways.map(({ name, reachedShare }) => [name, reachedShare])).toEqual([
      ['cantrip', 0.4],
      ['cantrip-one-thread', 0.5],
    ]);
  });
});

describe('what holds a target that was missed', () => {
  const ways = [measured('cantrip', 25, 50), measured('cantrip-one-thread', 20), measured('torch', 20)];
  const text = whatHoldsIt(reportOf(...ways), profile).join('\n\n');

  it('is told of the default way: what the target would take of the floor, and what it and the other reach', () => {
    expect(text).toContain('### ResNet-20, 28x28x1, batch 4: Cantrip\n');
    // 0.95 of 20 ms are 19 ms; the floor of 10 ms is 53 % of them.
    expect(text).toContain(
      "- step time over PyTorch's best: 1.25, missed by 32 %. The target is 19.0 ms a step, " +
        "and the floor is 10.0 ms. So the target needs 53 % of a product's speed. Cantrip reaches 40 %, PyTorch 50 %.",
    );
  });

  it('in an epoch is what a step takes more than a bare one, beside the making of a batch', () => {
    expect(text).toContain(
      '0.500, missed by 47 %. A step of an epoch takes 25.0 ms more than a bare step of 25.0 ms. Picking its batch from the ' +
        'bytes on the host takes 0.500 ms.',
    );
  });

  it('is shown op by op, the longest first, and the rest in one line', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.slice(2)).toHaveLength(9);
    expect(rows[2]).toMatch(/^\| \\_MklMatMul +\| 5 +\| 6\.00 +\| 60 % +\|$/);
    expect(rows.at(-1)).toMatch(/^\| 3 other types +\| 6 +\| 1\.20 +\| 12 % +\|$/);
    expect(text).toContain('with their gradients, take 6.00 ms: 60 % of the time of ops');
  });

  it('is asked of no case in which everything was met', () => {
    const met = reportOf(measured('cantrip', 10), measured('torch', 20));
    expect(whatHoldsIt(met, profile)).toEqual(['Every target is met.']);
    expect(whatHoldsIt(reportOf(...ways), undefined)[0]).toContain('`npm run bench:profile`');
  });
});

describe("the benchmark's page", () => {
  const results = reportOf(measured('cantrip', 25), measured('torch', 20));
  const files = (also: object = {}): Map<string, string> =>
    new Map(
      Object.entries({ step: results, ...also }).map(([name, value]) => [
        `tools/benchmarks/results/${name}.json`,
        JSON.stringify(value),
      ]),
    );

  it('is made again from the result files, with its chart and with the profile where there is one', () => {
    const made = new Map(stepBenchmark(workspaceOf(files({ 'step-profile': profile }))));
    expect(made.get('docs/benchmarks/step.md')).toMatch(
      /## What limits the speed\n[^]*MklMatMul[^]*\n## Figures/,
    );
    expect(made.get('docs/benchmarks/step.svg')).toMatch(/^<svg /);
    expect(stepBenchmark(workspaceOf(files()))[0]![1]).toContain('Nothing was profiled yet');
  });

  it('is left alone where there are no results', () => {
    expect(stepBenchmark(workspaceOf(new Map()))).toEqual([]);
  });
});

describe('npm run bench:profile', () => {
  const run = (...options: string[]): ReturnType<typeof runCommand> => {
    const program = [
      '--conditions=@cantrip/source',
      '--import',
      'tsx',
      'tools/benchmarks/programs/step-profile.ts',
    ];
    return runCommand(process.execPath, [...program, ...options], { cwd: root, quiet: true });
  };

  it('prints the ops of the step that the benchmark trains', async (context) => {
    if ((await presentDevices(['tensorflow'])).length === 0) return context.skip('tensorflow is absent');
    const { code, output } = await run('mlp');
    expect(code, output).toBe(0);
    // Two dense layers: two products forward, three backward, as the first needs no gradient of its inputs.
    const products = [...output.matchAll(/ ms +(\d+) {2}\w*MatMul$/gm)].map(([, count]) => Number(count));
    expect(products.reduce((sum, count) => sum + count, 0)).toBe(5);
    expect(output).toMatch(/ ms +4 {2}ResourceApplyMomentum$/m);
  });

  it('refuses a case that does not exist', async () => {
    const { code, output } = await run('resnet50');
    expect(code).toBe(1);
    expect(output).toContain(
      'There is no resnet50, only resnet20, cnn, mlp, mobilenet, fine-tuning, lstm, text-cnn, gru-lm, decoder, decoder-function, embedding, resnet50-b4, efficientnet-lite0',
    );
  });
});
