import { powersOfTen, roundValues } from './axis-ticks.ts';
import { short } from './sparkline.ts';

/** One axis of a chart, with its limits. */
export interface Axis {
  /** The label, or ''. */
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly logarithmic: boolean;
}

type Point = readonly [x: number, y: number];

/** A curve through these points, with a name for the legend, or ''. */
export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

/** A marked point. A point outside the axes is shown in the legend only. */
export interface Mark {
  readonly name: string;
  readonly at: Point;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  readonly marks?: readonly Mark[];
  readonly width: number;
  readonly height: number;
}

/** Colours that colour-blind readers can distinguish (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const margin = { left: 64, right: 16, top: 16, bottom: 40 };

/** Draws lines and marks as an SVG document, with axes and a legend of their names. */
export function svgChart({ title, x, y, lines, marks = [], width, height }: Chart): string {
  const right = width - margin.right;
  const bottom = height - margin.bottom;
  const across = placer(x, margin.left, right);
  const up = placer(y, bottom, margin.top);
  const entries = [...lines, ...marks].map(({ name }, i) => ({ name, colour: colour(i) }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'role="img" font-family="sans-serif" font-size="12">',
    `<title>${escape(title)}</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...ticksOf(y).map(
      (value) =>
        `<path d="M${margin.left} ${up(value)}H${right}" stroke="#ddd"/>` +
        text(margin.left - 8, up(value) + 4, 'end', short(value)),
    ),
    ...ticksOf(x).map((value) => text(across(value), bottom + 18, 'middle', short(value))),
    text((margin.left + right) / 2, height - 6, 'middle', x.name),
    ...(y.name === '' ? [] : [text(margin.left - 8, margin.top - 4, 'end', y.name)]),
    `<path d="M${margin.left} ${margin.top}V${bottom}H${right}" fill="none" stroke="#333"/>`,
    ...lines.map(({ points }, i) => {
      const places = points.map((point) => `${across(point[0])},${up(point[1])}`);
      return `<polyline points="${places.join(' ')}" fill="none" stroke="${colour(i)}" stroke-width="2"/>`;
    }),
    ...marks.flatMap(({ at }, i) =>
      at[0] < x.low || at[0] > x.high
        ? []
        : `<circle cx="${across(at[0])}" cy="${up(at[1])}" r="5" fill="${colour(lines.length + i)}"/>`,
    ),
    ...entries
      .filter(({ name }) => name !== '')
      .map(({ name, colour: fill }, i) => text(right - 4, margin.top + 14 * (i + 1), 'end', name, fill)),
    '</svg>',
  ].join('\n');
}

/** The pixel of a value on an axis that goes from one pixel to another. */
function placer({ low, high, logarithmic }: Axis, from: number, to: number): (value: number) => number {
  const scale = logarithmic ? Math.log : (value: number): number => value;
  return (value) => round(from + ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (to - from));
}

const ticksOf = ({ low, high, logarithmic }: Axis): readonly number[] =>
  logarithmic ? powersOfTen(low, high) : roundValues(low, high);

const colour = (index: number): string => colours[index % colours.length] as string;
const round = (pixels: number): number => Math.round(pixels * 100) / 100;

function text(x: number, y: number, anchor: string, content: string, fill = '#333'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${fill}">${escape(content)}</text>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (content: string): string =>
  content.replace(/[&<>"]/g, (character) => entities[character] as string);
