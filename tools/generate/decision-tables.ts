import { cases } from '../benchmarks/step/cases/cases.ts';
import { percent, spread } from '../benchmarks/step/page/figures.ts';
import type {
  LossCheckResults,
  Measurement,
  ReplayResults,
  StepCheckResults,
  StepThreadsResults,
  UpdateResults,
} from '../benchmarks/measuring/result-files.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

/** The tables of docs/decisions, from the committed results of the benchmarks that decided. */
export function decisionTables({ files }: Workspace): Readonly<Record<string, string>> {
  const table = <T extends Measurement>(
    name: string,
    command: string,
    of: (results: T) => string,
  ): string => {
    const text = files.get(`tools/benchmarks/results/${name}.json`);
    if (text === undefined) return `There are no results yet: \`npm run ${command}\`.\n`;
    const results = JSON.parse(text) as T;
    const { date, machine } = results;
    return `${of(results)}\nMedians and quartiles of alternating rounds, \`npm run ${command}\`; ${machine.cores} cores of ${machine.hardware}, ${date}.\n`;
  };
  return {
    replay: table('replay', 'bench:replay', replayTable),
    updates: table('update-rules', 'bench:update', updateTable),
    'step-checks': table('step-checks', 'bench:checks', stepCheckTable),
    'step-threads': table('step-threads', 'bench:threads', threadTable),
    'loss-checks': table('loss-checks', 'bench:loss', lossCheckTable),
  };
}

function replayTable({ functionOverSession }: ReplayResults): string {
  const rows = Object.entries(functionOverSession).map(([name, ratio]) => [titleOf(name), spread(ratio)]);
  return markdownTable(['a step of', 'function / session'], rows);
}

function updateTable({ cases: updates }: UpdateResults): string {
  return markdownTable(
    ['model', 'parameters', 'momentum: flat', 'momentum: resource', 'Adam: flat', 'Adam: resource'],
    Object.entries(updates).map(([name, { parameters, momentum, adam }]) => [
      titleOf(name),
      String(parameters),
      ...[momentum, adam].flatMap(({ flat, resource }) => [spread(flat), spread(resource)]),
    ]),
  );
}

function lossCheckTable({ cases: checks }: LossCheckResults): string {
  const intervals = Object.keys(Object.values(checks)[0] ?? {});
  return markdownTable(
    ['training', ...intervals.map((interval) => `every ${interval}th step / every step`)],
    Object.entries(checks).map(([name, ratios]) => [
      titleOf(name),
      ...intervals.map((interval) => spread(ratios[interval]!)),
    ]),
  );
}

function stepCheckTable({ cases: steps }: StepCheckResults): string {
  return markdownTable(
    ['a captured step of', 'whole, ms', 'replay alone, ms', 'whole / replay', 'checks'],
    Object.entries(steps).map(([name, one]) => [
      name,
      spread(one.wholeMilliseconds),
      spread(one.replayMilliseconds),
      spread(one.wholeOverReplay),
      percent(Object.values(one.shareOfChecks).reduce((sum, share) => sum + share, 0)),
    ]),
  );
}

function threadTable({ cases: steps }: StepThreadsResults): string {
  return markdownTable(
    ['a step of', 'batch', 'typical product, million operations', 'one thread / all'],
    steps.map(({ title, batch, typical, oneOverAll }) => [
      title,
      String(batch),
      String(typical / 1e6),
      spread(oneOverAll),
    ]),
  );
}

function titleOf(name: string): string {
  return cases.find((one) => one.name === name)?.title ?? name;
}
