import * as Plot from '@observablehq/plot';
import { shortNumber } from '@cantrip/plugin-kit';
import type { ProfiledOp } from '@cantrip/run-log';
import { draw } from './draw.ts';
import { tick } from './tick.ts';

/** Draws the time of each op of a step, the longest first. */
export function opChart(id: string, ops: readonly ProfiledOp[]): string {
  const longest = ops.reduce((most, { milliseconds }) => Math.max(most, milliseconds), 0);
  const rows = ops.map((op, at) => ({ ...op, key: String(at) }));
  return draw({
    id,
    width: 720,
    height: 74 + rows.length * 24,
    marginBottom: 44,
    marginLeft: 230,
    marginRight: 110,
    x: {
      label: 'milliseconds of a step',
      grid: true,
      domain: [0, longest || 1],
      ticks: 5,
      tickFormat: tick,
    },
    y: {
      label: null,
      domain: rows.map(({ key }) => key),
      tickSize: 0,
      tickFormat: (key: string) => shortened(rows[Number(key)]!.op),
    },
    marks: [
      Plot.barX(rows, { x: 'milliseconds', y: 'key', fill: 'var(--run-1)', fillOpacity: 0.6 }),
      Plot.text(rows, {
        x: 'milliseconds',
        y: 'key',
        text: ({ milliseconds, share }: ProfiledOp) =>
          `${shortNumber(milliseconds)} ms, ${(100 * share).toFixed(1)} %`,
        textAnchor: 'start',
        dx: 4,
      }),
    ],
  });
}

const shortened = (name: string): string => (name.length > 26 ? `${name.slice(0, 25)}…` : name);
