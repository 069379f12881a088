import { studentQuantile } from '@cantrip/plugin-kit';
import type { Curve, MeanCurve } from './curve.ts';

/** The mean of values with its 95 % interval by Student's t; at least two values. */
export function meanInterval(values: readonly number[]): {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
} {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value / count, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / (count - 1), 0);
  const half = studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * The mean of the curves of several seeds. It has points only where every seed has a finite value: a mean over those that are left
 * would jump where one ends.
 */
export function meanCurve(name: string, curves: readonly Curve[]): MeanCurve {
  const [first, ...others] = curves.map(({ points }) => new Map(points.map(({ x, y }) => [x, y])));
  const points = [...first!].flatMap(([x, y]) => {
    const values = [y, ...others.map((other) => other.get(x) ?? Number.NaN)];
    return values.every(Number.isFinite) ? [{ x, ...meanInterval(values) }] : [];
  });
  const { run, dashed = false } = curves[0]!;
  return { name, run, dashed, points, members: curves.map((curve) => curve.run) };
}
