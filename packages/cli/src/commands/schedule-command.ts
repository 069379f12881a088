import { CantripError } from '@cantrip/errors';
import type { BoundSchedule, RunLength } from '@cantrip/lr-schedules';
import { Command } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { importModule } from '../config/import-module.ts';
import { codes } from '../error-codes.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { terminalChart } from '../terminal-chart.ts';
import { schedulesToDraw } from './schedules-to-draw.ts';
import { addSetOption, countOf } from './shared-options.ts';
import { writeResult } from './write-result.ts';

const who = 'cantrip schedule';

interface Options {
  readonly set: readonly string[];
  readonly name?: string;
  readonly steps?: number;
  readonly stepsPerEpoch?: number;
  readonly svg?: string;
  readonly json?: true;
}

/** A schedule, and its values at each step. */
interface Drawn {
  readonly name: string;
  readonly values: readonly number[];
}

/** `cantrip schedule MODULE`: draws schedules. */
export function scheduleCommand({ out }: CantripParts): Command {
  const command = new Command('schedule')
    .summary('draw the schedules of a config, or those that a module exports')
    .description(
      'Draws each schedule that the plugins of a config follow. The data and the epochs of the config give their lengths. ' +
        'If a module exports schedules by name, e.g. `export const rate = cosine({ value: 0.1, steps: 500 })`, these are drawn: ' +
        "lengths such as '5ep' then need --steps-per-epoch, and lengths such as '10%' need --steps.",
    )
    .argument('<module>', 'the config or module, e.g. train.ts');
  return addSetOption(command)
    .option('--name <name>', 'only the schedule of this name')
    .option('--steps <number>', 'the steps of the run', countOf)
    .option('--steps-per-epoch <number>', 'the steps of an epoch', countOf)
    .option('--svg <file>', 'also write the chart as SVG')
    .option('--json', 'print the value of each step as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip schedule train.ts --set epochs=20\n' +
        '  $ cantrip schedule schedule.ts --steps 1000\n' +
        '  $ cantrip schedule schedule.ts --name rate --steps 1000 --steps-per-epoch 100 --svg rate.svg',
    )
    .action(async (file: string, options: Options) => {
      const drawn = await stdoutForResults(() => draw(file, options));
      out(
        options.json
          ? `${JSON.stringify(asJson(drawn), undefined, 2)}\n`
          : `${drawn.map(chartOf).join('\n\n')}\n`,
      );
    });
}

async function draw(file: string, given: Options): Promise<readonly Drawn[]> {
  const module = await importModule(who, file);
  const { bindSchedule, plotSchedule } = await fromProject(who, '@cantrip/lr-schedules', module.path);
  const { schedules, totalSteps, stepsPerEpoch } = await schedulesToDraw(who, module, file, {
    name: given.name,
    set: given.set,
  });
  const options: Options = {
    ...(totalSteps !== undefined && { steps: totalSteps }),
    ...(stepsPerEpoch !== undefined && { stepsPerEpoch }),
    ...given,
  };
  const bound = schedules.map(([name, schedule]) => {
    const [at, other] = runsOf(options).map((run) =>
      bindOrRefuse(() => bindSchedule(schedule, run), options),
    ) as [BoundSchedule, BoundSchedule];
    return { name, at, other };
  });
  const steps =
    options.steps ?? Math.max(...bound.map(({ at, other }) => (at.steps === other.steps ? at.steps : NaN)));
  if (!Number.isSafeInteger(steps) || steps < 1) throw unknownLength();
  const drawn = bound.map(({ name, at, other }) => {
    const values = valuesOf(at, steps);
    if (valuesOf(other, steps).some((value, step) => !Object.is(value, values[step]))) throw unknownLength();
    return { name, values };
  });
  if (options.svg !== undefined) {
    const named = Object.fromEntries(bound.map(({ name, at }) => [name, at]));
    writeResult(who, options.svg, plotSchedule(named, { steps }));
  }
  return drawn;
}

/** Two runs that differ in what was not given. What a schedule makes of it must not depend on that. */
function runsOf({ steps, stepsPerEpoch }: Options): readonly RunLength[] {
  const guess = steps === undefined ? 1000 : 1;
  return [1, 2].map((factor) => ({
    stepsPerEpoch: stepsPerEpoch ?? factor * guess,
    totalSteps: steps ?? factor * 1_000_000,
  }));
}

/** A guess may make no sense for a schedule, e.g. a warm-up that is longer than the run. */
function bindOrRefuse(bind: () => BoundSchedule, { steps, stepsPerEpoch }: Options): BoundSchedule {
  try {
    return bind();
  } catch (error) {
    throw steps === undefined || stepsPerEpoch === undefined ? unknownLength(error) : error;
  }
}

const valuesOf = (at: BoundSchedule, steps: number): readonly number[] =>
  Array.from({ length: steps + 1 }, (_, step) => at(step));

function unknownLength(cause?: unknown): CantripError {
  return new CantripError(codes.CLI_PARAMETER, {
    who,
    what: 'the length of the schedules is not known in steps',
    fix: 'Write --steps 1000, and --steps-per-epoch 100 for lengths in epochs',
    cause,
  });
}

const asJson = (drawn: readonly Drawn[]): object =>
  Object.fromEntries(drawn.map(({ name, values }) => [name, values]));

function chartOf({ name, values }: Drawn): string {
  return terminalChart({ values, ends: ['step 0', `step ${values.length - 1}`], title: name });
}
