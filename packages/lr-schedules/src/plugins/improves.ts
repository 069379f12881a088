import * as v from 'valibot';
import { rateSchema } from '../core/option-schemas.ts';

/** A figure: any number, also NaN. */
export const figureSchema: v.GenericSchema<number> = v.custom<number>(
  (value) => typeof value === 'number',
  'must be a number',
);

/** The best figure so far; undefined before the first. */
export const bestSchema: v.GenericSchema<number | undefined> = v.optional(figureSchema);

/** The schema entries of an {@link ImprovementRule}. */
export const improvementEntries: Readonly<Record<keyof ImprovementRule, v.GenericSchema>> = {
  mode: v.picklist(['min', 'max']),
  threshold: rateSchema,
  thresholdMode: v.picklist(['relative', 'absolute']),
};

/** What counts as an improvement of a figure. */
export interface ImprovementRule {
  /** Whether less is better (`min`) or more (`max`). */
  readonly mode: 'min' | 'max';
  /** The amount by which a value must be better than the best one. */
  readonly threshold: number;
  /** Whether the threshold is a share of the best value's absolute size (`relative`) or a difference (`absolute`). */
  readonly thresholdMode: 'relative' | 'absolute';
}

/** Whether a value is better than the best one so far. NaN never is. */
export function improves(best: number | undefined, value: number, rule: ImprovementRule): boolean {
  if (best === undefined) return !Number.isNaN(value);
  const gain = rule.mode === 'min' ? best - value : value - best;
  return gain > rule.threshold * (rule.thresholdMode === 'relative' ? Math.abs(best) : 1);
}
