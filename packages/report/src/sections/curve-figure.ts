import { shortNumber } from '@cantrip/plugin-kit';
import { colourOf } from '../charts/colours.ts';
import { lineChart } from '../charts/line-chart.ts';
import type { Curve, CurveChart, MeanCurve } from '../curves/curve.ts';
import { thin } from '../curves/thin.ts';
import { figure } from '../html/figure.ts';
import { type Html, markup } from '../html/markup.ts';

/** The most points of a curve that are drawn, and the most rows of it in the table. */
const most = { drawn: 800, listed: 60 };

/** A chart of curves with its legend, its description and its numbers. */
export function curveFigure(id: string, chart: CurveChart): Html {
  const drawn = {
    ...chart,
    curves: chart.curves.map((curve) => ({ ...curve, points: thin(curve.points, most.drawn) })),
  };
  return figure({
    id,
    title: chart.title,
    description: [...chart.curves.map(inWords(chart)), ...chart.means.map(meanInWords)].join(' '),
    svg: lineChart(id, drawn),
    legend: legendOf(chart),
    notes: notesOf(chart, drawn),
    data: {
      caption: `${chart.title}: ${chart.y} by ${chart.x}`,
      head: ['curve', chart.x, chart.y],
      rows: [...chart.curves.flatMap(rowsOf), ...chart.means.flatMap(meanRows)],
    },
  });
}

function legendOf({ curves, means }: CurveChart): Html | undefined {
  const entries = [
    ...curves.map((curve) => ({ ...curve, bold: false })),
    ...means.map((mean) => ({ ...mean, bold: true })),
  ];
  if (entries.length < 2) return undefined;
  return markup`<ul class="legend">${entries.map(({ run, name, dashed, bold }) => {
    const dash = dashed === true && markup` stroke-dasharray="5 4"`;
    const line = markup`<line x1="1" x2="25" y1="5" y2="5" stroke="${colourOf(run)}" stroke-width="${bold ? 4 : 2}"${dash}/>`;
    return markup`<li><svg width="26" height="10" aria-hidden="true">${line}</svg>${name}</li>`;
  })}</ul>`;
}

const inWords =
  ({ x, y }: CurveChart) =>
  ({ name, points }: Curve): string => {
    const finite = points.filter((point) => Number.isFinite(point.y));
    const [first] = finite;
    if (!first) return `${name}: no finite value.`;
    const last = finite.at(-1)!;
    const lowest = finite.reduce((best, point) => (point.y < best.y ? point : best));
    const highest = finite.reduce((best, point) => (point.y > best.y ? point : best));
    if (finite.length === 1) return `${name}: ${y} ${shortNumber(first.y)} at ${x} ${first.x}.`;
    return (
      `${name}: ${y} from ${shortNumber(first.y)} at ${x} ${first.x} to ${shortNumber(last.y)} at ${x} ${last.x}, ` +
      `lowest ${shortNumber(lowest.y)} at ${lowest.x}, highest ${shortNumber(highest.y)} at ${highest.x}.`
    );
  };

function meanInWords({ name, points, members }: MeanCurve): string {
  const { x, mean, low, high } = points.at(-1)!;
  return `${name}: mean of ${members.length} seeds ${shortNumber(mean)} at ${x}, 95 % interval ${shortNumber(low)} to ${shortNumber(high)}.`;
}

function notesOf({ curves, source }: CurveChart, drawn: CurveChart): readonly string[] {
  return curves.flatMap(({ name, points }, at) => {
    const odd = points.filter(({ y }) => !Number.isFinite(y));
    const shown = drawn.curves[at]!.points.length;
    return [
      ...(odd.length > 0 ? [`${name}: ${oddInWords(odd)}. A cross at the bottom marks each.`] : []),
      ...(shown < points.length
        ? [
            `${name}: ${shown.toLocaleString('en')} of ${points.length.toLocaleString('en')} points are drawn: first, last, lowest and highest of each section. All are in ${source}.`,
          ]
        : []),
    ];
  });
}

function oddInWords(odd: Curve['points']): string {
  const places = odd.slice(0, 3).map(({ x, y }) => `${y} at ${x}`);
  const more = odd.length > places.length ? ` and ${odd.length - places.length} more` : '';
  return `${odd.length === 1 ? '1 value is' : `${odd.length} values are`} not finite (${places.join(', ')}${more})`;
}

const rowsOf = ({ name, points }: Curve): readonly (readonly string[])[] =>
  thin(points, most.listed).map(({ x, y }) => [name, String(x), String(y)]);

const meanRows = ({ name, points }: MeanCurve): readonly (readonly string[])[] =>
  thin(
    points.map(({ x, mean }) => ({ x, y: mean })),
    most.listed,
  ).map(({ x }) => {
    const { mean, low, high } = points.find((point) => point.x === x)!;
    return [name, String(x), `${mean} (${low} to ${high})`];
  });
