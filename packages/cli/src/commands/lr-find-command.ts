import { constants } from 'node:os';
import type { FoundLearningRates } from '@cantrip/lr-schedules';
import type { AnyPlugin } from '@cantrip/trainer';
import { Command, CommanderError } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { loadTraining, type LoadedTraining, valueOf } from '../config/load-training.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { terminalChart } from '../terminal-chart.ts';
import { pluginsOf } from './plugins-of.ts';
import { addSetOption, countOf, positiveOf } from './shared-options.ts';
import { writeResult } from './write-result.ts';

const who = 'cantrip lr-find';

interface Options {
  readonly set: readonly string[];
  readonly start?: number;
  readonly end?: number;
  readonly steps?: number;
  readonly svg?: string;
  readonly json?: true;
}

/** `cantrip lr-find CONFIG`: suggests learning rates. */
export function lrFindCommand({ out }: CantripParts): Command {
  const command = new Command('lr-find')
    .summary('suggest learning rates for a config')
    .description(
      'Trains for some steps with a growing learning rate, draws the loss over it, and suggests rates. Nothing is saved: ' +
        'plugins that write files are left out, and early stopping too.',
    )
    .argument('<config>', 'the module, e.g. train.ts');
  return addSetOption(command)
    .option('--start <rate>', 'the first learning rate (default: 1e-7)', positiveOf)
    .option('--end <rate>', 'the last learning rate (default: 10)', positiveOf)
    .option('--steps <number>', 'the number of steps, at least 10 (default: 100)', countOf)
    .option('--svg <file>', 'also write the chart as SVG')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip lr-find train.ts\n' +
        '  $ cantrip lr-find train.ts --start 1e-5 --end 1 --steps 200 --svg sweep.svg\n' +
        '  $ cantrip lr-find train.ts --json | jq .suggestions.valley',
    )
    .action(async (file: string, options: Options) => {
      const found = await stdoutForResults(async () => {
        const loaded = await loadTraining(who, file, options.set);
        const result = await find(loaded, options);
        if (options.svg !== undefined) {
          const { plotSweep } = await fromProject(who, '@cantrip/lr-schedules', loaded.path);
          writeResult(who, options.svg, plotSweep(result));
        }
        return result;
      });
      out(options.json ? `${JSON.stringify(found, asNull, 2)}\n` : formatFound(found));
    });
}

/** A rate that could not be suggested is null, so that each name is there. */
const asNull = (_: string, value: unknown): unknown => (value === undefined ? null : value);

async function find({ path, training }: LoadedTraining, options: Options): Promise<FoundLearningRates> {
  const { asBatchSource, createTrainer } = await fromProject(who, '@cantrip/trainer', path);
  const { constant, findLearningRate, lrSchedule } = await fromProject(who, '@cantrip/lr-schedules', path);
  const plugins = (await pluginsOf(training.trainer.plugins ?? [])).filter((plugin) => !isForRuns(plugin));
  const hasSchedule = plugins.some(({ name }) => name === 'lr-schedules');
  // The finder sets the rate through this plugin, so its own rate is never used.
  const all = hasSchedule ? plugins : [lrSchedule(constant({ value: 0 })), ...plugins];
  const trainer = createTrainer({ ...training.trainer, plugins: all, reporter: false });
  const abort = abortBySignal();
  try {
    return await findLearningRate(trainer, asBatchSource(await valueOf(training.data)), {
      ...(options.start !== undefined && { startValue: options.start }),
      ...(options.end !== undefined && { endValue: options.end }),
      ...(options.steps !== undefined && { steps: options.steps }),
      signal: abort.signal,
    });
  } finally {
    abort.release();
    trainer.dispose();
  }
}

/** Whether a plugin writes files of the run, shows its epochs, or would end a sweep because its loss does not fall. */
const isForRuns = ({ name, store, onSave, provides }: AnyPlugin): boolean =>
  store !== undefined ||
  onSave !== undefined ||
  provides?.includes('progress') === true ||
  name === 'early-stopping';

/** A sweep that a signal ends has no result. A second signal ends the process. */
function abortBySignal(): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const hear = (name: (typeof names)[number]): void => {
    release();
    const code = 128 + constants.signals[name];
    controller.abort(new CommanderError(code, 'cantrip.signal', `${name} ended the sweep`));
  };
  function release(): void {
    for (const name of names) process.removeListener(name, hear);
  }
  for (const name of names) process.on(name, hear);
  return { signal: controller.signal, release };
}

function formatFound({ points, suggestions, diverged }: FoundLearningRates): string {
  const lines = Object.entries(suggestions).map(([name, rate]: readonly [string, number | undefined]) => {
    return `  ${name.padEnd(8)}  ${rate === undefined ? 'none' : short(rate)}`;
  });
  const chart = terminalChart({
    values: points.map(({ smoothedLoss }) => smoothedLoss),
    ends: [short(points[0]!.learningRate), short(points.at(-1)!.learningRate)],
    title: 'smoothed loss over the learning rate (logarithmic)',
  });
  const end = diverged ? ['The sweep ended early, because the loss grew too much.'] : [];
  return `${[chart, '', ...end, 'Suggested learning rates:', ...lines].join('\n')}\n`;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
