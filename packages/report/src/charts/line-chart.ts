import * as Plot from '@observablehq/plot';
import type { CurveChart, MeanCurve, Point } from '../curves/curve.ts';
import { colourOf, dashOf } from './colours.ts';
import { draw } from './draw.ts';
import { rangeOf } from './range-of.ts';
import { tick } from './tick.ts';

/** Draws curves: NaN and infinities are gaps, with a cross at the bottom. Undefined if no value is finite. */
export function lineChart(id: string, chart: CurveChart): string | undefined {
  const { curves, means } = chart;
  const y = rangeOf([
    ...curves.flatMap(({ points }) => points.map((point) => point.y)),
    ...means.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
  ]);
  const x = rangeOf(curves.flatMap(({ points }) => points.map((point) => point.x)));
  if (!x || !y) return undefined;
  const faint = new Set(means.flatMap(({ members }) => members));
  return draw({
    id,
    width: 720,
    height: 280,
    marginLeft: 66,
    marginRight: 24,
    marginBottom: 40,
    x: { label: chart.x, domain: x, tickFormat: wholeTick, ticks: 6 },
    y: { label: chart.y, domain: y, grid: true, tickFormat: tick, ticks: 6 },
    marks: [
      ...curves.flatMap(({ run, dashed, points }) => {
        const stroke = colourOf(run);
        const opacity = faint.has(run) ? 0.35 : 1;
        return [
          Plot.lineY(points.map(drawable), {
            x: 'x',
            y: 'y',
            stroke,
            strokeWidth: 1.75,
            strokeOpacity: opacity,
            ...dash(dashed),
          }),
          Plot.dot(alone(points), { x: 'x', y: 'y', r: 3, fill: stroke, fillOpacity: opacity }),
          Plot.dot(
            points.filter((point) => !Number.isFinite(point.y)),
            { x: 'x', frameAnchor: 'bottom', symbol: 'times', r: 4, stroke },
          ),
        ];
      }),
      ...means.flatMap(meanMarks),
    ],
  });
}

function meanMarks({ run, dashed, points }: MeanCurve): readonly Plot.Markish[] {
  const colour = colourOf(run);
  return [
    Plot.areaY(points, { x: 'x', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.18 }),
    Plot.lineY(points, { x: 'x', y: 'mean', stroke: colour, strokeWidth: 3, ...dash(dashed) }),
    ...(points.length === 1
      ? [
          Plot.ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: colour }),
          Plot.dot(points, { x: 'x', y: 'mean', r: 4, fill: colour }),
        ]
      : []),
  ];
}

const dash = (dashed: boolean | undefined): { readonly strokeDasharray?: string } => {
  const strokeDasharray = dashOf(dashed ?? false);
  return strokeDasharray === undefined ? {} : { strokeDasharray };
};

const drawable = ({ x, y }: Point): Point => ({ x, y: Number.isFinite(y) ? y : Number.NaN });

/** Points without a neighbour, of which a line shows nothing. */
function alone(points: readonly Point[]): readonly Point[] {
  const isDrawn = (point: Point | undefined): boolean => point !== undefined && Number.isFinite(point.y);
  return points.filter((point, at) => isDrawn(point) && !isDrawn(points[at - 1]) && !isDrawn(points[at + 1]));
}

const wholeTick = (value: number): string => (Number.isInteger(value) ? value.toLocaleString('en') : '');
