import type { Workspace } from '../workspace/workspace.ts';
import { markdownTable } from '../markdown/markdown-table.ts';

interface Report {
  readonly date: string;
  readonly node: string;
  readonly machine: { readonly hardware: string };
  readonly rows: readonly {
    readonly group: string;
    readonly way: string;
    readonly equal: number;
    readonly wrong: readonly string[];
    readonly notRun: number;
  }[];
}

/** What was done to runs and how many ended equal, from the committed result of `npm run reliability`. */
export function reliabilityTable({ files }: Workspace): string {
  const text = files.get('tools/benchmarks/results/reliability.json');
  if (text === undefined) return 'There are no results yet.\n';
  const { date, node, machine, rows } = JSON.parse(text) as Report;
  const table = markdownTable(
    ['what happens to the run', 'way', 'equal to the bit', 'not equal', 'not run for lack of time'],
    rows.map(({ group, way, equal, wrong, notRun }) => [
      group,
      way,
      ...[equal, wrong.length, notRun].map(String),
    ]),
  );
  return `${table}\n${machine.hardware}, Node ${node.replace('v', '')}, ${date}.\n`;
}

interface Soak {
  readonly date: string;
  readonly what: string;
  readonly machine: { readonly hardware: string };
  readonly rows: Readonly<
    Record<
      string,
      {
        readonly 'tensors before, after the steps, after the trainers': readonly number[];
        readonly 'megabytes in 10,000 steps, second half': number;
        readonly 'megabytes before, after the steps, after the trainers': readonly number[];
      }
    >
  >;
}

/** What a process holds after a long training, from the committed result of `npm run soak`. */
export function soakTable({ files }: Workspace): string {
  const text = files.get('tools/benchmarks/results/soak.json');
  if (text === undefined) return 'There are no results yet.\n';
  const { date, what, machine, rows } = JSON.parse(text) as Soak;
  const table = markdownTable(
    [
      'way',
      'tensors before, after the steps, after the trainers',
      'MB before, after, after',
      'MB more in 10,000 steps',
    ],
    Object.entries(rows).map(([way, row]) => [
      way,
      row['tensors before, after the steps, after the trainers'].join(', '),
      row['megabytes before, after the steps, after the trainers'].join(', '),
      String(row['megabytes in 10,000 steps, second half']),
    ]),
  );
  return `${table}\nMeasured: ${what}. Growth is the slope over the second half. ${machine.hardware}, ${date}.\n`;
}
