import { markdownTable } from '../../../markdown/markdown-table.ts';
import { TOLERANCE } from './compare-losses.ts';
import { number, percent, spread } from './figures.ts';
import type { ProfileReport } from '../profile/profile-report.ts';
import type { CaseReport, ContenderReport, Report } from './report.ts';
import { missedBy, type Verdict, verdictsOf } from './targets.ts';
import { whatHoldsIt } from './what-holds-it.ts';

/** The report as a page of documentation, with what a profile says of the targets that were missed. */
export function page(report: Report, profile?: ProfileReport): string {
  return [
    '# The training step beside TensorFlow.js, Keras, PyTorch and JAX',
    '<!-- Written by `npm run generate` from the results of `npm run bench` and `npm run bench:profile`. -->',
    introduction(report),
    '![The time of a training step, relative to Cantrip](step.svg)',
    '## Targets',
    'A ratio is the median over all rounds, with the quartiles in brackets.',
    verdictTable(verdictsOf(report)),
    '## What limits the speed',
    ...whatHoldsIt(report, profile),
    '## Figures',
    'The times are from this machine. On another machine, compare the ratios and not the milliseconds.',
    ...report.cases.flatMap(caseSection),
    '## How it is measured',
    method(report),
  ].join('\n\n');
}

function introduction({ machine, threads, date, cases }: Report): string {
  const memory = Math.round(machine.memory / 2 ** 30);
  const versions = Object.entries(versionsOf(cases)).map(([name, version]) => `${name} ${version}`);
  return (
    `Measured on ${date} with ${threads} threads on ${machine.cores} cores of ${machine.hardware}, ` +
    `${memory} GB, ${machine.system}: ${versions.join(', ')}. Other programs used ${Math.round(100 * machine.load)} % of the cores before it began.`
  );
}

function versionsOf(cases: readonly CaseReport[]): Record<string, string> {
  return Object.assign(
    {},
    ...cases.flatMap((one) => one.contenders.map(({ versions }) => versions)),
  ) as Record<string, string>;
}

/** Each target with a plain "met" or "missed by". */
export function verdictTable(verdicts: readonly Verdict[]): string {
  return markdownTable(
    ['case', 'what', 'measured', 'target', ''],
    verdicts.map((one) => [
      one.caseTitle,
      one.what,
      one.measured.low === one.measured.high
        ? number(one.measured.median) + unitOf(one)
        : spread(one.measured),
      `${one.target.kind} ${one.target.value}${unitOf(one)}${earlierOf(one)}`,
      one.met ? 'met' : `missed by ${missedBy(one)}`,
    ]),
  ).trimEnd();
}

/** A target that was set out for before stays in sight. */
function earlierOf({ target }: Verdict): string {
  return target.earlier === undefined ? '' : `; before, ${target.earlier}`;
}

function unitOf({ target }: Verdict): string {
  return target.unit === undefined ? '' : ` ${target.unit}`;
}

function caseSection(one: CaseReport): string[] {
  const rows = one.contenders.map((contender) => contenderRow(one, contender));
  const headings = [
    'contender',
    'ms a step',
    'times Cantrip',
    "share of a product's speed",
    'first step',
    'peak memory',
    'images a second, whole epoch',
    'over bare steps',
  ];
  const gflops = (one.flopsPerStep / 1e9).toPrecision(3);
  return [
    `### ${one.title}`,
    `${one.parameters.toLocaleString('en')} parameters. The products of a step are ${gflops} GFLOP. A product of two ` +
      `512 x 512 matrices runs at ${Math.round(one.productGflops)} GFLOP/s.`,
    markdownTable(headings, rows).trimEnd(),
  ];
}

function contenderRow(one: CaseReport, contender: ContenderReport): string[] {
  const { title, stepMilliseconds, timesCantrip, firstStepMilliseconds, peakMegabytes, epoch } = contender;
  const share = one.flopsPerStep / (stepMilliseconds.median * 1e6) / one.productGflops;
  return [
    title,
    spread(stepMilliseconds),
    timesCantrip && contender.name !== 'cantrip' ? spread(timesCantrip) : '',
    percent(share),
    `${(firstStepMilliseconds / 1000).toFixed(2)} s`,
    `${peakMegabytes.toLocaleString('en')} MB`,
    epoch ? Math.round(epoch.imagesPerSecond.median).toLocaleString('en') : '',
    epoch ? spread(epoch.shareOfBareStep) : '',
  ];
}

function method({ rounds, epochRounds, warmUp, threads, minutes }: Report): string {
  const lines = [
    'Every contender runs in a separate process. All start from the same weights and train on the same ten batches repeatedly: SGD with momentum 0.9 (unless the case says otherwise), mean softmax cross-entropy, no weight decay.',
    `The losses of the first ten steps must equal Cantrip's to ${TOLERANCE} relative, or the run fails. So all do the same work.`,
    `Each contender trains for ${warmUp} seconds before the rounds: V8 and PyTorch compile code during the first hundreds of steps. There are ${rounds} rounds, after one that does not count. In a round, each contender has one turn, and each round begins with another contender. A turn is a fixed number of steps, about a third of a second for the fastest. The batches are on the device. Only the last loss of a turn is read. A ratio compares two turns of the same round.`,
    'Cantrip compares its recording with the JavaScript of the step at the first step of each of the first 16 epochs. These epochs are over before the rounds. The comparisons after 100 and 1,000 steps are counted if they fall into a turn.',
    `Each contender has ${threads} threads. A way "with one thread in an op" has one thread for the work of an op. TensorFlow, in Cantrip and Keras, may still run ${threads} ops in parallel. The run fails if a contender keeps a core busy during another's turn.`,
    '"Best" is the fastest way of a framework in a case. Cantrip runs with its default options only. Keras: with and without `jit_compile`, its step in a `tf.function`; for the MLP, also with one op at a time (`TF_NUM_INTEROP_THREADS=1`). PyTorch: with and without `torch.compile`, channels last. All others, at batch 4: also with one thread in an op. By default, Cantrip chooses one thread or all threads in an op by a rule (decision 0035). It is compared with both numbers, fixed.',
    'TensorFlow.js is `trainOnBatch` with its own kernels and gradients, on the same libtensorflow, through our binding.',
    'If TensorFlow\'s "same" padding is not symmetric (at stride 2), PyTorch pads before the convolution.',
    'The FLOP of a step are those of its convolutions and dense layers: the forward pass, and the gradients of kernels and inputs. The share is their speed divided by the speed of a 512 x 512 product, the fastest that any contender reaches in the same rounds.',
    'The time of the first step is from the built model to the first loss. It includes tracing, recording and compiling, without a cache from an earlier run. Peak memory is that of the process after the rounds.',
    `An epoch begins with bytes in host memory, shuffles them and divides them by 255. ${epochRounds} epochs are measured, each directly after bare steps, with which it is compared.`,
    `To run it again: \`npm run bench:install\` once, then \`npm run bench\`. \`npm run bench -- --help\` shows how to run parts of it. This run took ${minutes} minutes.`,
  ];
  return `${lines.map((line) => `- ${line}`).join('\n')}\n`;
}
