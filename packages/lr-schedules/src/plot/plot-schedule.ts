import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { formatSchema, scheduleSchema, wholeSchema } from '../core/option-schemas.ts';
import type { RunLength } from '@cantrip/plugin-kit';
import { boundIn, type Schedule } from '../core/schedule.ts';
import { optionInvalid } from '../core/option-invalid.ts';
import { type Curve, sparkline } from './sparkline.ts';
import { svgChart } from './svg-chart.ts';

export interface PlotScheduleOptions {
  /** The format: an SVG document, or one line of block characters for a terminal (`sparkline`); `svg` by default. */
  readonly format?: 'svg' | 'sparkline';
  /** The length of the run, for lengths such as `'5ep'` and `'10%'`. */
  readonly run?: RunLength | undefined;
  /** The number of steps to draw; by default those of the run, or without a run those of the schedule. */
  readonly steps?: number | undefined;
  /** The width in pixels (SVG, 640 by default) or in characters (sparkline, 60 by default). */
  readonly width?: number | undefined;
  /** The height of an SVG in pixels; 320 by default. */
  readonly height?: number;
  /** Whether the scale of the values is logarithmic; then all values must be above 0. False by default. */
  readonly logarithmic?: boolean;
}

const plotOptions = v.strictObject({
  format: v.optional(formatSchema, 'svg'),
  run: v.optional(v.strictObject({ stepsPerEpoch: wholeSchema, totalSteps: wholeSchema })),
  steps: v.optional(wholeSchema),
  width: v.optional(wholeSchema),
  height: v.optional(wholeSchema, 320),
  logarithmic: v.optional(v.boolean(), false),
});

const schedulesSchema = v.union(
  [scheduleSchema, v.record(v.string(), scheduleSchema)],
  'must be a schedule, or an object of schedules by name',
);

/**
 * Draws a schedule, or several by name, as an SVG document or as one line of text for a terminal.
 *
 * @returns the SVG document, or a line for each schedule with its smallest and largest value
 * @throws CantripError OPTION_INVALID, SCHEDULE_UNBOUND
 * @example
 * ```ts
 * const schedule = warmup(cosine({ value: 0.1, steps: 100 }), { steps: 20, convention: 'inside' });
 * plotSchedule(schedule, { format: 'sparkline', width: 21 }); // '▁▃▅▆███▇▇▆▆▅▅▄▃▃▂▂▁▁▁ 0 … 0.1'
 * await writeFile('schedule.svg', plotSchedule({ cosine: schedule, line }, { steps: 100 }));
 * ```
 */
export function plotSchedule(
  schedules: Schedule | Readonly<Record<string, Schedule>>,
  options: PlotScheduleOptions = {},
): string {
  parseOptions('plotSchedule', v.object({ schedules: schedulesSchema }), { schedules });
  const { format, run, logarithmic, height, ...given } = parseOptions('plotSchedule', plotOptions, options);
  const named = typeof schedules === 'function' ? { '': schedules } : schedules;
  const bound = Object.entries(named).map(([name, schedule]) => [name, boundIn(schedule, run)] as const);
  const steps = given.steps ?? run?.totalSteps ?? Math.max(...bound.map(([, one]) => one.steps));
  if (!(steps > 0 && Number.isFinite(steps))) throw endless();
  const width = given.width ?? (format === 'svg' ? 640 : 60);
  // Draws every step if there is room; otherwise one value for each column.
  const count = Math.max(2, format === 'svg' ? Math.min(steps + 1, width) : width);
  const curves = bound.map(([name, at]) => ({
    name,
    values: Array.from({ length: count }, (_, i) => checked(at((i / (count - 1)) * steps), logarithmic)),
  }));
  if (format === 'svg') return drawn(curves, { steps, width, height, logarithmic });
  return curves.map((curve) => sparkline(curve, logarithmic)).join('\n');
}

interface Drawing {
  /** The number of steps that the width covers. */
  readonly steps: number;
  readonly width: number;
  readonly height: number;
  readonly logarithmic: boolean;
}

function drawn(curves: readonly Curve[], { steps, width, height, logarithmic }: Drawing): string {
  const names = curves.flatMap(({ name }) => (name === '' ? [] : name));
  const [low, high] = limits(
    curves.flatMap(({ values }) => values),
    logarithmic,
  );
  return svgChart({
    title: names.length === 0 ? 'A schedule' : `Schedules: ${names.join(', ')}`,
    x: { name: 'step', low: 0, high: steps, logarithmic: false },
    y: { name: '', low, high, logarithmic },
    lines: curves.map(({ name, values }) => ({
      name,
      points: values.map((value, at) => [(at / (values.length - 1)) * steps, value]),
    })),
    width,
    height,
  });
}

/**
 * The axis starts at 0 if all values have one sign, so that heights can be compared. A flat curve also needs a
 * height above 0.
 */
function limits(values: readonly number[], logarithmic: boolean): readonly [number, number] {
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  if (logarithmic) return least === greatest ? [least / 10, greatest * 10] : [least, greatest];
  const low = Math.min(0, least);
  const high = Math.max(0, greatest);
  return low === high ? [0, 1] : [low, high];
}

function checked(value: number, logarithmic: boolean): number {
  if (Number.isFinite(value) && (!logarithmic || value > 0)) return value;
  const what = logarithmic
    ? `a logarithmic scale needs values above 0, got ${value}`
    : `the values of the schedule must be finite, got ${value}`;
  throw optionInvalid(
    'plotSchedule',
    what,
    logarithmic ? 'Remove the option logarithmic' : 'Correct the schedule',
  );
}

function endless(): Error {
  return optionInvalid('plotSchedule', 'the schedule has no length', 'Set steps or run in the options');
}
