import type { Check, Complaint } from '@cantrip/errors';

/**
 * The shape of a curve that falls from 1 to 0 while `progress` goes from 0 to 1.
 *
 * - `linear`: `1 - progress`
 * - `cosine`: `0.5 * (1 + cos(progress * pi))`
 * - `1-sqrt`: `1 - sqrt(progress)`
 * - your own function, which returns 1 at 0 and 0 at 1
 *
 * A rising curve is the mirror image: it takes `1 - progress` instead of `progress`.
 */
export type CurveShape = 'linear' | 'cosine' | '1-sqrt' | ((progress: number) => number);

const falls = {
  linear: (progress: number): number => 1 - progress,
  cosine: (progress: number): number => 0.5 * (1 + Math.cos(progress * Math.PI)),
  '1-sqrt': (progress: number): number => 1 - Math.sqrt(progress),
} as const;

const fits = (value: unknown): boolean =>
  typeof value === 'function' || (typeof value === 'string' && Object.hasOwn(falls, value));

/** What a shape must be, for an error message. */
export const curveShapeExpectation = (): Complaint =>
  `must be ${Object.keys(falls)
    .map((name) => `'${name}'`)
    .join(', ')} or a function of the progress`;

export const curveShapeCheck: Check<CurveShape> = (value) =>
  fits(value) ? undefined : curveShapeExpectation();

/** The falling curve, as a function of the progress from 0 to 1. */
export function falling(shape: CurveShape): (progress: number) => number {
  return typeof shape === 'function' ? shape : falls[shape];
}

/** The rising curve, as a function of the progress from 0 to 1. */
export function rising(shape: CurveShape): (progress: number) => number {
  // 1 - (1 - progress) would lose digits.
  if (shape === 'linear') return (progress) => progress;
  const fall = falling(shape);
  return (progress) => fall(1 - progress);
}

/** The progress of a schedule from 0 to 1: `step^k / total^k`, with k of k-decay (https://arxiv.org/abs/2004.05909). */
export function progressOf(step: number, total: number, k: number): number {
  return k === 1 ? step / total : step ** k / total ** k;
}
