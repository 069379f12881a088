import type { Labels } from './labels-of.ts';

/**
 * Assigns whole groups to parts, so that each part has about its share of every class. No part stays empty if there are
 * as many groups as parts.
 *
 * Large groups come first, because small ones can still even out what is left. Each group goes where the sum of squared
 * distances from the wanted counts becomes smallest. With one class and equal shares this is scikit-learn's `GroupKFold`.
 *
 * @param order - the examples; among groups of equal size, the one that appears first here is assigned first
 * @param shares - the share of each part; they sum up to 1
 * @returns the part of each group
 */
export function assignGroups(
  groups: Labels,
  classes: Labels | undefined,
  order: Uint32Array,
  shares: readonly number[],
): Uint32Array {
  const totals = classes ? [...classes.counts] : [order.length];
  const countsOf = groupCounts(groups, classes, totals.length);
  const filled = shares.map(() => totals.map(() => 0));
  const isEmpty = shares.map(() => true);
  const partOf = new Uint32Array(groups.names.length);
  const weightOf = countsOf.map((counts) => counts.reduce((sum, count) => sum + count ** 2, 0));
  const queue = appearance(groups, order).sort((a, b) => weightOf[b]! - weightOf[a]!);
  queue.forEach((group, at) => {
    const counts = countsOf[group]!;
    const empty = isEmpty.filter(Boolean).length;
    // As many groups as empty parts are left: each of these needs one.
    const mayTake = (part: number): boolean => queue.length - at > empty || isEmpty[part]!;
    // A difference in the last digits is no difference.
    const rounding = 1e-12 * counts.reduce((sum, count, label) => sum + count / totals[label]!, 0);
    let best = -1;
    let least = Infinity;
    shares.forEach((share, part) => {
      if (!mayTake(part)) return;
      const cost = costOf(counts, filled[part]!, totals, share);
      if (best === -1 || cost < least - rounding) [best, least] = [part, cost];
    });
    counts.forEach((count, label) => (filled[best]![label]! += count));
    isEmpty[best] = false;
    partOf[group] = best;
  });
  return partOf;
}

/** How much the sum of squares grows if a group joins a part; classes count alike, whatever their size. */
function costOf(
  counts: readonly number[],
  filled: readonly number[],
  totals: readonly number[],
  share: number,
): number {
  return counts.reduce((sum, count, label) => {
    const total = totals[label]!;
    const above = filled[label]! / total - share;
    const added = count / total;
    return sum + (2 * above + added) * added;
  }, 0);
}

function groupCounts(groups: Labels, classes: Labels | undefined, width: number): number[][] {
  const counts = groups.names.map(() => Array<number>(width).fill(0));
  groups.ids.forEach((group, example) => (counts[group]![classes?.ids[example] ?? 0]! += 1));
  return counts;
}

function appearance({ ids }: Labels, order: Uint32Array): number[] {
  return [...new Set(Array.from(order, (example) => ids[example]!))];
}
