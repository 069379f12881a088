import * as Plot from '@observablehq/plot';
import type { ClassPredictions } from '@cantrip/run-log';
import { draw } from './draw.ts';

/** Draws how often each class was predicted for each true class. Rows are true classes, columns predictions. */
export function confusionChart(id: string, { classes, counts }: ClassPredictions): string {
  const names = Array.from({ length: classes }, (_, at) => at);
  const totals = names.map((name) =>
    counts.reduce((sum, [row, , count]) => sum + (row === name ? count : 0), 0),
  );
  const found = new Map(counts.map(([target, prediction, count]) => [`${target} ${prediction}`, count]));
  const cells = names.flatMap((target) =>
    names.map((prediction) => {
      const count = found.get(`${target} ${prediction}`) ?? 0;
      return { target, prediction, count, share: count === 0 ? 0 : count / totals[target]! };
    }),
  );
  const side = Math.max(260, Math.min(640, classes * 44));
  return draw({
    id,
    width: side + 70,
    height: side + 50,
    marginLeft: 60,
    marginBottom: 44,
    x: { label: 'predicted class', domain: names, tickSize: 0 },
    y: { label: 'true class', domain: names, tickSize: 0 },
    marks: [
      Plot.cell(cells, {
        x: 'prediction',
        y: 'target',
        fill: ({ target, prediction }: (typeof cells)[number]) =>
          target === prediction ? 'var(--run-1)' : 'var(--run-2)',
        fillOpacity: ({ share }: (typeof cells)[number]) => (share === 0 ? 0 : 0.12 + 0.45 * share),
        stroke: 'var(--line)',
        inset: 0.5,
      }),
      Plot.text(
        cells.filter(({ count }) => count > 0),
        {
          x: 'prediction',
          y: 'target',
          text: ({ count }: (typeof cells)[number]) => compact(count),
          fill: 'var(--text)',
          fontSize: classes > 12 ? 10 : 12,
        },
      ),
    ],
    color: { type: 'identity' },
    opacity: { type: 'identity' },
  });
}

const compact = (count: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 0 }).format(count);
