import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { CaseReport, Report } from './report.ts';

/** A line of the chart: the heading of a case, or a contender's bar. */
interface Row {
  /** Tells the rows apart; the axis shows the label. */
  readonly key: string;
  readonly label: string;
}

interface Bar extends Row {
  readonly ours: boolean;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** All that is used of an element; the compiler knows no browser here. */
interface Element {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

/** Longer bars are cut here, so that the others can be told apart. */
const LONGEST = 6;

const OURS = '#e15759';
const OTHERS = '#9aa5b1';

/** Around text, so that no line runs through it. */
const halo = { fill: 'black', stroke: 'white', strokeWidth: 4 };

/** An SVG image: how many times as long as Cantrip each contender takes, with quartiles, case by case. */
export function chart(report: Report): string {
  const groups = report.cases.map((one) => ({ heading: headingOf(one), bars: barsOf(one) }));
  const bars = groups.flatMap((group) => group.bars);
  const rows: Row[] = groups.flatMap(({ heading, bars }) => [heading, ...bars]);
  const labels = new Map(rows.map(({ key, label }) => [key, label]));
  const headings = groups.map(({ heading }) => heading);
  const isHeading = new Set(headings.map(({ key }) => key));
  const { document } = parseHTML('<html><body></body></html>') as unknown as { document: object };
  const svg = Plot.plot({
    document: document as never,
    width: 870,
    height: 60 + rows.length * 20,
    marginLeft: 270,
    marginRight: 50,
    marginTop: 24,
    // Readable on dark pages too.
    style: { background: 'white', color: 'black' },
    x: { label: 'time of a training step, Cantrip = 1', grid: true },
    y: {
      label: null,
      domain: rows.map(({ key }) => key),
      padding: 0.2,
      tickSize: 0,
      tickFormat: (key: string) => (isHeading.has(key) ? '' : labels.get(key)!),
    },
    marks: [
      Plot.barX(bars, { y: 'key', x: cut('median'), fill: ({ ours }: Bar) => (ours ? OURS : OTHERS) }),
      Plot.ruleX([1]),
      Plot.ruleY(bars, { y: 'key', x1: cut('low'), x2: cut('high') }),
      Plot.text(bars, {
        y: 'key',
        x: cut('high'),
        text: ({ median }: Bar) => (median > LONGEST ? `→ ${median.toFixed(1)}` : median.toFixed(2)),
        textAnchor: 'start',
        dx: 5,
        ...halo,
      }),
      Plot.text(headings, {
        y: 'key',
        text: 'label',
        frameAnchor: 'left',
        dx: 4,
        fontWeight: 'bold',
        ...halo,
      }),
    ],
  }) as unknown as Element;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

function headingOf({ name, title }: CaseReport): Row {
  return { key: name, label: title };
}

function barsOf({ name: oneCase, contenders }: CaseReport): Bar[] {
  return contenders.flatMap(({ name, title, family, timesCantrip }) =>
    timesCantrip
      ? [{ key: `${oneCase}/${name}`, label: title, ours: family === 'cantrip', ...timesCantrip }]
      : [],
  );
}

function cut(key: 'low' | 'median' | 'high'): (bar: Bar) => number {
  return (bar) => Math.min(bar[key], LONGEST);
}
