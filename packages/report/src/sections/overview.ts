import { shortNumber, shortTime } from '@cantrip/plugin-kit';
import { colourOf } from '../charts/colours.ts';
import { meanInterval } from '../curves/mean-curve.ts';
import { type Html, markup } from '../html/markup.ts';
import { table } from '../html/table.ts';
import type { SeedGroup } from '../runs/seeds.ts';
import type { ShownRun } from '../runs/shown-run.ts';

/** The runs, how far each is, and its last figures; the mean of seeds. */
export function overview(runs: readonly ShownRun[], groups: readonly SeedGroup[]): Html {
  const names = [...new Set(runs.flatMap((run) => Object.keys(lastFigures(run))))];
  const head = [
    'run',
    'seed',
    'begun',
    'steps',
    'epochs',
    'time',
    'steps a second',
    'examples a second',
    ...names,
  ];
  return markup`${table({ caption: 'Runs and their last figures', head, rows: runs.map((run) => rowOf(run, names)) })}
  ${runs.flatMap((run) => stateOf(run)).map((text) => markup`<p class="note">${text}</p>`)}
  ${groups.map((group) => meansTable(group))}`;
}

export const swatch = (run: number): Html =>
  markup`<svg class="swatch" width="10" height="10" aria-hidden="true">
    <circle cx="5" cy="5" r="5" fill="${colourOf(run)}" />
  </svg>`;

/** Those of the last epoch, and of a validation after it. */
function lastFigures({ log }: ShownRun): Readonly<Record<string, number>> {
  const last = [log.validations.at(-1), log.epochs.at(-1)].filter((row) => row !== undefined);
  return Object.assign({}, ...last.sort((a, b) => a.step - b.step).map(({ figures }) => figures)) as Record<
    string,
    number
  >;
}

function rowOf(run: ShownRun, names: readonly string[]): readonly (Html | string)[] {
  const { name, index, log } = run;
  const { info, times } = log;
  const figures = lastFigures(run);
  return [
    markup`${swatch(index)} ${name}`,
    String(info.seed),
    markup`<span class="whole">${dateOf(info.starts[0]?.at)}</span>`,
    String(doneOf(run).steps),
    String(doneOf(run).epochs),
    times.length === 0 ? '–' : shortTime(times.at(-1)!.seconds),
    ...speedOf(run),
    ...names.map((figure) => (Object.hasOwn(figures, figure) ? numberOf(figures[figure]!) : '–')),
  ];
}

/** NaN and infinities are said; a dash is what is not there. */
const numberOf = (value: number): string => (Number.isFinite(value) ? shortNumber(value) : String(value));

function doneOf({ log }: ShownRun): { readonly steps: number; readonly epochs: number } {
  const last = [log.steps.at(-1), log.validations.at(-1), log.epochs.at(-1)];
  return {
    steps: Math.max(0, ...last.map((row) => row?.step ?? 0)),
    epochs: log.epochs.at(-1)?.epoch ?? 0,
  };
}

/** Steps and examples a second, over the whole training with its validations. */
function speedOf({ log: { times, info } }: ShownRun): readonly [steps: string, examples: string] {
  const last = times.at(-1);
  if (!last || last.seconds <= 0) return ['–', '–'];
  const steps = last.step / last.seconds;
  const { data, length } = info.description as {
    readonly data?: { readonly examplesPerEpoch?: unknown } | undefined;
    readonly length?: { readonly stepsPerEpoch?: unknown } | undefined;
  };
  const perStep = Number(data?.examplesPerEpoch) / Number(length?.stepsPerEpoch);
  return [shortNumber(steps), Number.isFinite(perStep) ? shortNumber(steps * perStep) : '–'];
}

/** Says of a run that it has not reached its planned end. */
function stateOf(run: ShownRun): readonly string[] {
  const { steps } = doneOf(run);
  const { steps: rows, epochs, info } = run.log;
  if (rows.length === 0 && epochs.length === 0)
    return [`${run.name} has no rows yet: it has just begun, or it ended before its first logged step.`];
  const length = info.description['length'] as { readonly totalSteps?: unknown } | undefined;
  const planned = length?.totalSteps;
  if (typeof planned !== 'number' || steps >= planned) return [];
  return [
    `${run.name} is logged up to step ${steps} of ${planned}: it is still going on, or it ended early. This page shows what was written so far.`,
  ];
}

/** By the clock of the machine that trained, in UTC. */
const dateOf = (at: string | undefined): string =>
  at === undefined ? '–' : at.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, '$1 $2 UTC');

function meansTable({ name, runs }: SeedGroup): Html {
  const [first, ...others] = runs.map(lastFigures);
  const names = Object.keys(first!).filter((figure) => others.every((row) => Object.hasOwn(row, figure)));
  const epochs = new Set(runs.map((run) => doneOf(run).epochs));
  const rows = names.map((figure) => {
    const values = runs.map((run) => lastFigures(run)[figure]!);
    if (!values.every(Number.isFinite)) return [figure, 'not finite in every seed', '', ''];
    const { mean, low, high } = meanInterval(values);
    return [figure, shortNumber(mean), `${shortNumber(low)} to ${shortNumber(high)}`, String(values.length)];
  });
  if (rows.length === 0) return markup``;
  const members = runs.map((run) => run.name).join(', ');
  return markup`<h3>${name}</h3>
    <p>
      These runs have one recipe and other seeds: ${members}. The interval is that of the mean, with 95 % by
      Student’s t.
    </p>
    ${epochs.size > 1 && markup`<p class="note">They have not done the same number of epochs, so their last figures are not comparable.</p>`}
    ${table({ caption: `Last figures, ${name}`, head: ['figure', 'mean', '95 % interval', 'seeds'], rows })}`;
}
