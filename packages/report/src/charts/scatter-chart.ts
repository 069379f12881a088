import * as Plot from '@observablehq/plot';
import type { ValuePredictions } from '@cantrip/run-log';
import { draw } from './draw.ts';
import { rangeOf } from './range-of.ts';
import { tick } from './tick.ts';

/** Draws predicted numbers over the true ones, beside the line where both are equal. Undefined without a finite pair. */
export function scatterChart(id: string, { sample }: ValuePredictions): string | undefined {
  const pairs = sample
    .filter((pair) => pair.every(Number.isFinite))
    .map(([target, prediction]) => ({ target, prediction }));
  const range = rangeOf(pairs.flatMap(({ target, prediction }) => [target, prediction]));
  if (!range) return undefined;
  const [low, high] = range;
  return draw({
    id,
    width: 420,
    height: 380,
    marginLeft: 66,
    marginBottom: 44,
    x: { label: 'target', domain: range, ticks: 5, tickFormat: tick },
    y: { label: 'prediction', domain: range, grid: true, ticks: 5, tickFormat: tick },
    marks: [
      Plot.link([0], {
        x1: low,
        y1: low,
        x2: high,
        y2: high,
        stroke: 'var(--quiet)',
        strokeDasharray: '5 4',
      }),
      Plot.dot(pairs, { x: 'target', y: 'prediction', r: 2.5, fill: 'var(--run-1)', fillOpacity: 0.6 }),
    ],
  });
}
