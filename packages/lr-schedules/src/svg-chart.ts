import type { Curve } from './plot-schedule.ts';
import { short } from './sparkline.ts';

export interface ChartSize {
  /** What the width stands for. */
  readonly steps: number;
  readonly width: number;
  readonly height: number;
  readonly logarithmic: boolean;
}

/** Told apart by people who see colours differently, too (Okabe & Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const margin = { left: 64, right: 16, top: 16, bottom: 40 };

/** Curves as an SVG document: axes with round values, one line for each curve, their names if they have any. */
export function svgChart(curves: readonly Curve[], size: ChartSize): string {
  const { steps, width, height, logarithmic } = size;
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const values = curves.flatMap((curve) => curve.values);
  const [low, high] = limits(values, logarithmic);
  const scale = logarithmic ? Math.log : (value: number): number => value;
  const x = (step: number): number => round(margin.left + (step / steps) * (right - margin.left));
  const y = (value: number): number =>
    round(bottom - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (bottom - margin.top));
  const valueTicks = logarithmic ? powers(low, high) : ticks(low, high);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'role="img" font-family="sans-serif" font-size="12">',
    `<title>${escape(titleOf(curves))}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...valueTicks.map(
      (value) =>
        `<path d="M${margin.left} ${y(value)}H${right}" stroke="#ddd"/>` +
        text(margin.left - 8, y(value) + 4, 'end', short(value)),
    ),
    ...ticks(0, steps).map((step) => text(x(step), bottom + 18, 'middle', short(step))),
    text((margin.left + right) / 2, height - 6, 'middle', 'step'),
    `<path d="M${margin.left} ${margin.top}V${bottom}H${right}" fill="none" stroke="#333"/>`,
    ...curves.map(({ values: each }, i) => {
      const points = each.map((value, at) => `${x((at / (each.length - 1)) * steps)},${y(value)}`);
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour(i)}" stroke-width="2"/>`;
    }),
    ...curves.flatMap(({ name }, i) =>
      name === '' ? [] : text(right - 4, margin.top + 14 * (i + 1), 'end', name, colour(i)),
    ),
    '</svg>',
  ].join('\n');
}

const colour = (index: number): string => colours[index % colours.length] as string;
const round = (pixels: number): number => Math.round(pixels * 100) / 100;

function titleOf(curves: readonly Curve[]): string {
  const names = curves.flatMap(({ name }) => (name === '' ? [] : name));
  return names.length === 0 ? 'A schedule' : `Schedules: ${names.join(', ')}`;
}

function text(x: number, y: number, anchor: string, content: string, fill = '#333'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${escape(content)}</text>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (content: string): string =>
  content.replace(/[&<>"]/g, (character) => entities[character] as string);

/** From 0, where values are of one sign, so that heights can be compared; a flat curve still has a height. */
function limits(values: readonly number[], logarithmic: boolean): readonly [number, number] {
  const least = Math.min(...values);
  const greatest = Math.max(...values);
  if (logarithmic) return least === greatest ? [least / 10, greatest * 10] : [least, greatest];
  const low = Math.min(0, least);
  const high = Math.max(0, greatest);
  return low === high ? [0, 1] : [low, high];
}

/** Some five round numbers within the limits. */
function ticks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** The powers of ten within the limits; the limits where there is none. */
function powers(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  return count > 0 ? Array.from({ length: count }, (_, i) => 10 ** (first + i)) : [low, high];
}
