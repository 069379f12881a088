import { CantripError } from '@cantrip/errors';
import type { BoundSchedule, RunLength, Schedule } from '@cantrip/lr-schedules';
import { Command } from 'commander';
import type { CantripParts } from '../cantrip-parts.ts';
import { fromProject } from '../config/from-project.ts';
import { importModule } from '../config/import-module.ts';
import { codes } from '../error-codes.ts';
import { nearest } from '../nearest.ts';
import { stdoutForResults } from '../stdout-for-results.ts';
import { terminalChart } from '../terminal-chart.ts';
import { countOf } from './shared-options.ts';
import { writeResult } from './write-result.ts';

const who = 'cantrip schedule';

interface Options {
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
  return new Command('schedule')
    .summary('draw the schedules that a module exports')
    .description(
      'Draws each schedule that a module exports by name, e.g. `export const rate = cosine({ value: 0.1, steps: 500 })`. ' +
        "Lengths such as '5ep' need --steps-per-epoch, and lengths such as '10%' need --steps.",
    )
    .argument('<module>', 'the module, e.g. schedule.ts')
    .option('--name <name>', 'only the schedule of this name')
    .option('--steps <number>', 'the steps of the run', countOf)
    .option('--steps-per-epoch <number>', 'the steps of an epoch', countOf)
    .option('--svg <file>', 'also write the chart as SVG')
    .option('--json', 'print the value of each step as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  $ cantrip schedule schedule.ts --steps 1000\n' +
        '  $ cantrip schedule train.ts --name rate --steps 1000 --steps-per-epoch 100 --svg rate.svg',
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

async function draw(file: string, options: Options): Promise<readonly Drawn[]> {
  const { path, exports } = await importModule(who, file);
  const { bindSchedule, plotSchedule } = await fromProject(who, '@cantrip/lr-schedules', path);
  const bound = pick(file, exports, options.name).map(([name, schedule]) => {
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

/** What a module exports by name and is a function; with `name`, only this one. */
function pick(
  file: string,
  exports: Readonly<Record<string, unknown>>,
  name: string | undefined,
): readonly (readonly [string, Schedule])[] {
  const functions = Object.entries(exports).filter(
    (entry): entry is [string, Schedule] => typeof entry[1] === 'function' && entry[0] !== 'default',
  );
  // Other functions may stand beside schedules, e.g. a model.
  const known = functions.some(([, one]) => one.forRun)
    ? functions.filter(([, one]) => one.forRun)
    : functions;
  const picked = name === undefined ? known : functions.filter(([one]) => one === name);
  if (picked.length > 0) return picked;
  const names = functions.map(([one]) => one);
  const meant = name === undefined ? undefined : nearest(name, names);
  throw new CantripError(codes.CLI_CONFIG, {
    who,
    what: name === undefined ? `${file} exports no schedule by name` : `${file} exports no schedule ${name}`,
    fix:
      meant === undefined
        ? 'Write export const rate = cosine({ value: 0.1, steps: 500 })'
        : `Perhaps you mean ${meant}`,
  });
}

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
