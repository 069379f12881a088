import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { FoundLearningRates } from '../finder/find-learning-rate.ts';
import type { SweepPoint } from '../finder/swept.ts';
import { optionInvalid } from '../core/option-invalid.ts';
import { formatSchema, wholeSchema } from '../core/option-schemas.ts';
import { short, sparkline } from './sparkline.ts';
import { type Axis, type Mark, svgChart } from './svg-chart.ts';

export interface PlotSweepOptions {
  /** The format: an SVG document, or lines of text for a terminal (`sparkline`); `svg` by default. */
  readonly format?: 'svg' | 'sparkline';
  /** The width in pixels (SVG, 640 by default) or in characters (sparkline, 60 by default). */
  readonly width?: number | undefined;
  /** The height of an SVG in pixels; 320 by default. */
  readonly height?: number;
  /** Whether the axis of the learning rates in an SVG is logarithmic; true by default. */
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
  'must be the result of findLearningRate',
);

/** A suggestion, and the nearest point of the sweep. */
interface Suggested {
  readonly name: string;
  readonly rate: number;
  readonly index: number;
}

/**
 * Draws the result of {@link findLearningRate}: the smoothed loss over the learning rate, with the suggestions
 * marked.
 *
 * @returns an SVG document; or three lines of text: the curve, the numbers of the suggestions below it, and their
 *   names
 * @throws CantripError OPTION_INVALID; also for a sweep of fewer than two points
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
    throw optionInvalid(
      'plotSweep',
      `the sweep must have at least 2 points, got ${points.length}`,
      'Call findLearningRate with more steps',
    );
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
  // A flat curve also needs a height above 0.
  return low === high
    ? { name, low: low - 1, high: high + 1, logarithmic }
    : { name, low, high, logarithmic };
}

/** The index of the nearest rate, by ratio. */
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
    // If two numbers are in the same column, the second is written beside the first.
    let column = Math.round((index / last) * (columns - 1));
    while (marks[column] !== undefined) column++;
    marks[column] = String(i + 1);
  });
  const below = Array.from(marks, (mark = ' ') => mark).join('');
  const names = suggested.map(({ name, rate }, i) => `${i + 1} ${name} ${short(rate)}`);
  const lines = [sparkline({ name: '', values }, false), below, names.join(', ')];
  return lines.filter((line) => line !== '').join('\n');
}
