import * as v from 'valibot';
import { rateSchema } from '../core/option-schemas.ts';

/** A figure: any number, NaN too. */
export const figureSchema: v.GenericSchema<number> = v.custom<number>(
  (value) => typeof value === 'number',
  'must be a number',
);

/** The best figure so far, or that there is none. */
export const bestSchema: v.GenericSchema<number | undefined> = v.optional(figureSchema);

/** The entries of an {@link ImprovementRule} in a schema. */
export const improvementEntries: Readonly<Record<keyof ImprovementRule, v.GenericSchema>> = {
  mode: v.picklist(['min', 'max']),
  threshold: rateSchema,
  thresholdMode: v.picklist(['relative', 'absolute']),
};

/** What counts as an improvement of a figure. */
export interface ImprovementRule {
  /** Whether less is better (`min`) or more (`max`). */
  readonly mode: 'min' | 'max';
  /** By how much a value must beat the best one to count. */
  readonly threshold: number;
  /** Whether the threshold is a share of the best value's size, or a difference. */
  readonly thresholdMode: 'relative' | 'absolute';
}

/** Whether a value beats the best one so far. NaN never does. */
export function improves(best: number | undefined, value: number, rule: ImprovementRule): boolean {
  if (best === undefined) return !Number.isNaN(value);
  const gain = rule.mode === 'min' ? best - value : value - best;
  return gain > rule.threshold * (rule.thresholdMode === 'relative' ? Math.abs(best) : 1);
}
