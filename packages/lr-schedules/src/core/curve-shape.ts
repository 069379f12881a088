import type { Check } from '@cantrip/errors';

/**
 * The form of a fall from 1 to 0: of the progress from 0 to 1, how much is left.
 *
 * - `linear`: `1 - progress`
 * - `cosine`: `0.5 * (1 + cos(progress * pi))`
 * - `1-sqrt`: `1 - sqrt(progress)`
 * - a function of your own, 1 at 0 and 0 at 1
 *
 * A rise is its mirror image: `1 - progress` in the place of `progress`.
 */
export type CurveShape = 'linear' | 'cosine' | '1-sqrt' | ((progress: number) => number);

const falls = {
  linear: (progress: number): number => 1 - progress,
  cosine: (progress: number): number => 0.5 * (1 + Math.cos(progress * Math.PI)),
  '1-sqrt': (progress: number): number => 1 - Math.sqrt(progress),
} as const;

const fits = (value: unknown): boolean =>
  typeof value === 'function' || (typeof value === 'string' && Object.hasOwn(falls, value));

/** What a shape must be, as the end of a sentence. */
export const curveShapeExpectation = (): string =>
  `must be ${Object.keys(falls)
    .map((name) => `'${name}'`)
    .join(', ')} or a function of the progress`;

export const curveShapeCheck: Check<CurveShape> = (value) =>
  fits(value) ? undefined : curveShapeExpectation();

/** How much of a fall is left at a progress from 0 to 1. */
export function falling(shape: CurveShape): (progress: number) => number {
  return typeof shape === 'function' ? shape : falls[shape];
}

/** How much of a rise is done at a progress from 0 to 1. */
export function rising(shape: CurveShape): (progress: number) => number {
  // The mirror image of a line is itself, but 1 - (1 - progress) loses digits.
  if (shape === 'linear') return (progress) => progress;
  const fall = falling(shape);
  return (progress) => fall(1 - progress);
}

/** How far a schedule is, from 0 to 1: `step^k / total^k`, with k of k-decay (https://arxiv.org/abs/2004.05909). */
export function progressOf(step: number, total: number, k: number): number {
  return k === 1 ? step / total : step ** k / total ** k;
}
