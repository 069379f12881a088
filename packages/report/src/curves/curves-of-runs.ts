import type { RunLog } from '@cantrip/run-log';
import type { SeedGroup } from '../runs/seeds.ts';
import type { ShownRun } from '../runs/shown-run.ts';
import type { ChartSource } from './chart-source.ts';
import type { Curve, CurveChart, MeanCurve } from './curve.ts';
import { figureCharts } from './figure-charts.ts';
import { meanCurve } from './mean-curve.ts';

/** The charts of figures: of epochs, then of steps. */
export function curveCharts(runs: readonly ShownRun[], groups: readonly SeedGroup[]): readonly CurveChart[] {
  const logs = runs.map(({ log }) => log);
  return [...figureCharts(logs), ...stepCharts(logs)].map((source) => chartOf(source, runs, groups));
}

/** The charts of time and memory. */
export const speedCharts = (runs: readonly ShownRun[]): readonly CurveChart[] =>
  speedSources.map((source) => chartOf(source, runs, []));

function chartOf(
  { parts, ...about }: ChartSource,
  runs: readonly ShownRun[],
  groups: readonly SeedGroup[],
): CurveChart {
  const curves: Curve[] = [];
  const means: CurveChart['means'][number][] = [];
  for (const { name: part, dashed = false, points } of parts) {
    const named = (name: string): string => {
      if (part === undefined) return name;
      return runs.length === 1 ? part : `${name}, ${part}`;
    };
    const own = runs.map(({ name, index, log }) => ({
      run: index,
      name: named(name),
      dashed,
      points: points(log),
    }));
    curves.push(...own.filter((curve) => curve.points.length > 0));
    for (const group of groups) {
      const members = group.runs.map(({ index }) => own.find(({ run }) => run === index)!);
      if (members.every((curve) => curve.points.length > 0))
        means.push(meanCurve(named(group.name), members));
    }
  }
  return {
    ...about,
    curves,
    means: means.filter(({ points }) => points.some(isApart)),
  };
}

/** Whether the seeds differ by more than rounding, as a learning rate does not. */
const isApart = ({ mean, low, high }: MeanCurve['points'][number]): boolean =>
  high - low > 1e-9 * Math.abs(mean);

function stepCharts(logs: readonly RunLog[]): readonly ChartSource[] {
  const scalars = [...new Set(logs.flatMap(({ steps }) => namesIn(steps.map((row) => row.scalars))))];
  const byStep = { x: 'step', source: 'steps.csv' };
  return [
    {
      ...byStep,
      title: 'Loss of steps',
      y: 'loss',
      parts: [{ points: ({ steps }: RunLog) => steps.map(({ step, loss }) => ({ x: step, y: loss })) }],
    },
    {
      ...byStep,
      title: 'Learning rate',
      y: 'learning rate',
      parts: [
        {
          points: ({ steps }: RunLog) =>
            steps.map(({ step, learningRate }) => ({ x: step, y: learningRate })),
        },
      ],
    },
    ...scalars.map((name) => ({
      ...byStep,
      title: name,
      y: name,
      parts: [
        {
          points: ({ steps }: RunLog) =>
            steps.flatMap(({ step, scalars }) =>
              Object.hasOwn(scalars, name) ? [{ x: step, y: scalars[name]! }] : [],
            ),
        },
      ],
    })),
  ].filter(({ parts: [part] }) => logs.some((log) => part!.points(log).length > 0));
}

/** The names in rows, in the order of their first appearance. */
export const namesIn = (rows: readonly Readonly<Record<string, number>>[]): readonly string[] => [
  ...new Set(rows.flatMap((row) => Object.keys(row))),
];

const mebibyte = 2 ** 20;

const speedSources: readonly ChartSource[] = [
  {
    title: 'Time of a step',
    x: 'step',
    y: 'milliseconds',
    source: 'times.jsonl',
    parts: [
      {
        points: ({ times }) =>
          times.flatMap(({ kind, step, stepMilliseconds }) =>
            kind === 'step' ? [{ x: step, y: stepMilliseconds }] : [],
          ),
      },
    ],
  },
  {
    title: 'Memory of the process',
    x: 'step',
    y: 'MiB',
    source: 'times.jsonl',
    parts: [
      {
        points: ({ times }) =>
          times.flatMap(({ kind, step, memory }) =>
            kind === 'step' ? [{ x: step, y: memory / mebibyte }] : [],
          ),
      },
    ],
  },
];
