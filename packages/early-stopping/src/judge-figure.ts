import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/** When a figure improves, and for how long it may fail to. */
export interface StoppingRule {
  /** Whether less is better (`min`) or more (`max`). */
  readonly mode: 'min' | 'max';
  /** Training stops at this many figures in a row without improvement; at least 1. */
  readonly patience: number;
  /** The amount by which a figure must be better than the best one; at least 0, 0 by default. */
  readonly minDelta?: number | undefined;
  /** A figure must be better than this too, or it does not end the waiting. */
  readonly baseline?: number | undefined;
}

/** What is known after some figures; plain data. */
export interface Judgement {
  /** The best figure; undefined before the first. */
  readonly best: number | undefined;
  /** Figures in a row without improvement. */
  readonly wait: number;
}

/** The judgement before the first figure. */
export const unjudged: Judgement = { best: undefined, wait: 0 };

const anyNumber = v.custom<number>((value) => typeof value === 'number', 'must be a number');

/** The schema entries of {@link StoppingRule} beside `mode`. */
export const ruleEntries: {
  readonly patience: v.GenericSchema<number>;
  readonly minDelta: v.OptionalSchema<v.GenericSchema<number>, 0>;
  readonly baseline: v.OptionalSchema<v.GenericSchema<number>, undefined>;
} = {
  patience: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  minDelta: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0)), 0),
  baseline: v.optional(v.pipe(v.number(), v.finite())),
};

const judging = v.object({
  before: v.strictObject({
    best: v.optional(anyNumber),
    wait: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  }),
  figure: anyNumber,
  rule: v.strictObject({ mode: v.picklist(['min', 'max']), ...ruleEntries }),
});

/**
 * Adds one figure. Returns the new judgement, whether the figure is the best so far, and whether training should stop.
 *
 * A figure improves if it is better than the best one by more than `minDelta`. The first figure improves. NaN never
 * does. An improvement that is not better than `baseline` by more than `minDelta` is the best one, and the waiting goes
 * on. Training stops at a figure without improvement, if `wait` has reached `patience`. These are the rules of Keras.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * judgeFigure({ best: 0.3, wait: 1 }, 0.4, { mode: 'min', patience: 2 });
 * // { judgement: { best: 0.3, wait: 2 }, improved: false, stop: true }
 * ```
 */
export function judgeFigure(
  before: Judgement,
  figure: number,
  rule: StoppingRule,
): { readonly judgement: Judgement; readonly improved: boolean; readonly stop: boolean } {
  const { mode, patience, minDelta, baseline } = parseOptions('judgeFigure', judging, {
    before,
    figure,
    rule,
  }).rule;
  const beats = (reference: number | undefined): boolean => {
    if (reference === undefined) return !Number.isNaN(figure);
    return mode === 'min' ? figure + minDelta < reference : figure - minDelta > reference;
  };
  const improved = beats(before.best);
  if (improved) {
    const wait = baseline === undefined || beats(baseline) ? 0 : before.wait + 1;
    return { judgement: { best: figure, wait }, improved, stop: false };
  }
  const wait = before.wait + 1;
  return { judgement: { best: before.best, wait }, improved, stop: wait >= patience };
}
