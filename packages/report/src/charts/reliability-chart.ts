import * as Plot from '@observablehq/plot';
import type { ReliabilityRow } from '../predictions/reliability.ts';
import { draw } from './draw.ts';

/** Draws the share of correct predictions by their confidence, beside the line where both are equal. */
export function reliabilityChart(id: string, rows: readonly ReliabilityRow[]): string {
  const filled = rows.filter(({ count }) => count > 0);
  return draw({
    id,
    width: 420,
    height: 380,
    marginLeft: 56,
    marginBottom: 44,
    x: { label: 'confidence', domain: [0, 1], ticks: 5 },
    y: { label: 'share that was correct', domain: [0, 1], grid: true, ticks: 5 },
    marks: [
      Plot.rectY(filled, {
        x1: 'from',
        x2: 'to',
        y: 'accuracy',
        fill: 'var(--run-1)',
        fillOpacity: 0.45,
        inset: 0.5,
      }),
      Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'var(--quiet)', strokeDasharray: '5 4' }),
      Plot.dot(filled, { x: 'confidence', y: 'accuracy', r: 4, fill: 'var(--run-2)' }),
    ],
  });
}
