import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Report } from './report.ts';

interface Bar {
  readonly title: string;
  readonly contender: string;
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

/** An SVG image: how many times as long as Cantrip each contender takes, with quartiles, case by case. */
export function chart(report: Report): string {
  const bars = report.cases.flatMap(({ title, contenders }) =>
    contenders.flatMap(({ name, title: contender, timesCantrip }) =>
      timesCantrip ? [{ title, contender, ours: name === 'cantrip', ...timesCantrip }] : [],
    ),
  );
  const titles = [...new Set(bars.map(({ title }) => title))];
  const contenders = [...new Set(bars.map(({ contender }) => contender))];
  const { document } = parseHTML('<html><body></body></html>') as unknown as { document: object };
  const place = { fy: 'title', y: 'contender' } as const;
  const svg = Plot.plot({
    document: document as never,
    width: 760,
    height: 60 + titles.length * (contenders.length * 19 + 30),
    marginLeft: 160,
    marginRight: 50,
    marginTop: 24,
    // Readable on dark pages too.
    style: { background: 'white', color: 'black' },
    x: { label: 'time of a training step, Cantrip = 1', grid: true },
    y: { label: null, domain: contenders },
    fy: { label: null, domain: titles, axis: null, padding: 0.2 },
    marks: [
      Plot.barX(bars, { ...place, x: cut('median'), fill: ({ ours }: Bar) => (ours ? OURS : OTHERS) }),
      Plot.ruleY(bars, { ...place, x1: cut('low'), x2: cut('high') }),
      Plot.text(bars, {
        ...place,
        x: cut('high'),
        text: ({ median }: Bar) => (median > LONGEST ? `→ ${median.toFixed(1)}` : median.toFixed(2)),
        textAnchor: 'start',
        dx: 5,
      }),
      Plot.text(titles, {
        fy: (title: string) => title,
        text: (title: string) => title,
        frameAnchor: 'top-left',
        dy: -12,
        fontWeight: 'bold',
      }),
      Plot.ruleX([1]),
    ],
  }) as unknown as Element;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

function cut(key: 'low' | 'median' | 'high'): (bar: Bar) => number {
  return (bar) => Math.min(bar[key], LONGEST);
}
