import { describe } from '@cantrip/errors';

/** The first value that differs. */
export interface Difference {
  /** E.g. `variables dense_1/kernel 3`. */
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Numbers that differ no more than this are equal; by default only equal bits are. */
export interface Slack {
  readonly relative: number;
  readonly absolute: number;
}

/** Compares plain data. Keys may come in any order. */
export function firstDifference(
  actual: unknown,
  expected: unknown,
  slack?: Slack,
  path: readonly string[] = [],
): Difference | undefined {
  if (isEqual(actual, expected, slack)) return undefined;
  if (!isBranch(actual) || !isBranch(expected)) return { path: path.join(' '), actual, expected };
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const found = firstDifference(actual[key], expected[key], slack, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isEqual(actual: unknown, expected: unknown, slack: Slack | undefined): boolean {
  if (Object.is(actual, expected)) return true;
  if (!slack || typeof actual !== 'number' || typeof expected !== 'number') return false;
  return Math.abs(actual - expected) <= slack.absolute + slack.relative * Math.abs(expected);
}

/** A part of a sentence: `variables dense_1/kernel 3 is 0.1, and was 0.2 in the unbroken run`. */
export const inWords = ({ path, actual, expected }: Difference, where: string): string =>
  `${path} is ${describe(actual)}, and is ${describe(expected)} ${where}`;
