import type { Point } from './curve.ts';

/**
 * Leaves out points of a long curve. Each section keeps its first and last point, its lowest and its highest, and one that is not
 * finite, so no spike and no NaN is lost.
 *
 * @param most - about how many points stay; a multiple of 4
 */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const sections = Math.max(1, Math.floor(most / 4));
  const kept: Point[] = [];
  for (let section = 0; section < sections; section++) {
    const begin = Math.floor((section * points.length) / sections);
    const end = Math.floor(((section + 1) * points.length) / sections);
    kept.push(...keptOf(points, begin, end));
  }
  return kept;
}

function keptOf(points: readonly Point[], begin: number, end: number): readonly Point[] {
  let low: number | undefined;
  let high: number | undefined;
  let odd: number | undefined;
  for (let at = begin; at < end; at++) {
    const { y } = points[at]!;
    if (!Number.isFinite(y)) {
      odd ??= at;
      continue;
    }
    if (low === undefined || y < points[low]!.y) low = at;
    if (high === undefined || y > points[high]!.y) high = at;
  }
  const places = [begin, end - 1, low, high, odd].filter((at) => at !== undefined);
  return [...new Set(places)].sort((a, b) => a - b).map((at) => points[at]!);
}
