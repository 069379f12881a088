import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { FoundLearningRates } from '../finder/find-learning-rate.ts';
import type { SweepPoint } from '../finder/swept.ts';
import { optionInvalid } from '../core/option-invalid.ts';
import { formatSchema, wholeSchema } from '../core/option-schemas.ts';
import { short, sparkline } from './sparkline.ts';
import { type Axis, type Mark, svgChart } from './svg-chart.ts';

export interface PlotSweepOptions {
  /** An SVG document, or some lines of text for a terminal; `svg` by default. */
  readonly format?: 'svg' | 'sparkline';
  /** In pixels, or in characters; 640 or 60 by default. */
  readonly width?: number | undefined;
  /** In pixels, of an SVG; 320 by default. */
  readonly height?: number;
  /** Whether the learning rates of an SVG stand on a logarithmic scale; true by default. */
  readonly logarithmic?: boolean;
}

const plotOptions = v.strictObject({
  format: v.optional(formatSchema, 'svg'),
  width: v.optional(wholeSchema),
  height: v.optional(wholeSchema, 320),
  logarithmic: v.optional(v.boolean(), true),
});

const sweepSchema = v.looseObject(
  {
    points: v.array(v.looseObject({ learningRate: v.number(), smoothedLoss: v.number() })),
    suggestions: v.record(v.string(), v.optional(v.number())),
  },
  'must be what findLearningRate found',
);

/** A suggestion, and the place in the sweep that is nearest to it. */
interface Suggested {
  readonly name: string;
  readonly rate: number;
  readonly index: number;
}

/**
 * Draws what {@link findLearningRate} has found: the smoothed loss over the learning rate, the suggestions marked.
 *
 * @returns an SVG document; or the curve as a line of text, a line with a number below each suggestion, and their names
 * @throws CantripError OPTION_INVALID, also for a sweep of less than two steps
 * @example
 * ```ts
 * const found = await findLearningRate(trainer, train);
 * await writeFile('sweep.svg', plotSweep(found));
 * console.log(plotSweep(found, { format: 'sparkline', width: 20 }));
 * // ███████▇▇▅▄▃▁▁▁▃▄▅▇▇ 0.6 … 2.3
 * //      1    34   2
 * // 1 valley 0.00032, 2 slide 0.3277, 3 minimum 0.008192, 4 steepest 0.01024
 * ```
 */
export function plotSweep(sweep: FoundLearningRates, options: PlotSweepOptions = {}): string {
  parseOptions('plotSweep', v.object({ sweep: sweepSchema }), { sweep });
  const { points, suggestions } = sweep;
  const { format, height, logarithmic, width } = parseOptions('plotSweep', plotOptions, options);
  if (points.length < 2) {
    throw optionInvalid('plotSweep', `a sweep of ${points.length} steps has no curve`, 'Look for longer');
  }
  const suggested = Object.entries(suggestions).flatMap(
    ([name, rate]: readonly [string, number | undefined]) =>
      rate === undefined ? [] : { name, rate, index: nearest(points, rate) },
  );
  if (format === 'sparkline') return terminal(points, suggested, width ?? 60);
  const losses = points.map(({ smoothedLoss }) => smoothedLoss);
  return svgChart({
    title: 'Loss over the learning rate',
    x: axis(
      'learning rate',
      points.map(({ learningRate }) => learningRate),
      logarithmic,
    ),
    y: axis('loss', losses, false),
    lines: [
      { name: '', points: points.map(({ learningRate, smoothedLoss }) => [learningRate, smoothedLoss]) },
    ],
    marks: suggested.map(({ name, rate, index }): Mark => ({
      name: `${name} ${short(rate)}`,
      at: [rate, losses[index]!],
    })),
    width: width ?? 640,
    height,
  });
}

function axis(name: string, values: readonly number[], logarithmic: boolean): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // A flat curve still has a height.
  return low === high
    ? { name, low: low - 1, high: high + 1, logarithmic }
    : { name, low, high, logarithmic };
}

/** The place of the rate that is nearest, as a ratio. */
function nearest(points: readonly SweepPoint[], rate: number): number {
  const distances = points.map(({ learningRate }) => Math.abs(Math.log(learningRate / rate)));
  return distances.indexOf(Math.min(...distances));
}

function terminal(points: readonly SweepPoint[], suggested: readonly Suggested[], width: number): string {
  const last = points.length - 1;
  const columns = Math.min(width, points.length);
  const values = Array.from(
    { length: columns },
    (_, column) => points[Math.round((column / (columns - 1)) * last)]!.smoothedLoss,
  );
  const marks: string[] = [];
  suggested.forEach(({ index }, i) => {
    // Of two in the same column the second stands beside it.
    let column = Math.round((index / last) * (columns - 1));
    while (marks[column] !== undefined) column++;
    marks[column] = String(i + 1);
  });
  const below = Array.from(marks, (mark = ' ') => mark).join('');
  const names = suggested.map(({ name, rate }, i) => `${i + 1} ${name} ${short(rate)}`);
  const lines = [sparkline({ name: '', values }, false), below, names.join(', ')];
  return lines.filter((line) => line !== '').join('\n');
}
