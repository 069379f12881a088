import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { bestSchema, figureSchema, type ImprovementRule, improvementEntries, improves } from './improves.ts';
import { countSchema } from '../core/option-schemas.ts';

const plateauArguments = v.object({
  before: v.strictObject({ best: bestSchema, bad: countSchema, resting: countSchema }),
  value: figureSchema,
  rule: v.strictObject({ ...improvementEntries, patience: countSchema, cooldown: countSchema }),
});

/** The rule of {@link plateauAfter}. */
export interface PlateauRule extends ImprovementRule {
  /** The number of values in a row that may fail to improve. The next one reduces the rate. */
  readonly patience: number;
  /** The number of values to ignore after a reduction. */
  readonly cooldown: number;
}

/** The state so far; plain data. */
export interface Plateau {
  /** The best value; undefined before the first value. */
  readonly best: number | undefined;
  /** Values in a row without improvement. */
  readonly bad: number;
  /** Values that are still ignored. */
  readonly resting: number;
}

export const noPlateau: Plateau = { best: undefined, bad: 0, resting: 0 };

/**
 * Adds one value. Returns the new state, and whether to reduce the rate. NaN is never an improvement.
 *
 * The same as PyTorch's `ReduceLROnPlateau`, except that a relative threshold is a share of the best value's
 * absolute size. So it is also correct for negative values.
 */
export function plateauAfter(
  before: Plateau,
  value: number,
  rule: PlateauRule,
): { readonly plateau: Plateau; readonly reduce: boolean } {
  parseOptions('plateauAfter', plateauArguments, { before, value, rule });
  const better = improves(before.best, value, rule);
  const resting = Math.max(0, before.resting - 1);
  const bad = better || before.resting > 0 ? 0 : before.bad + 1;
  const best = better ? value : before.best;
  if (bad <= rule.patience) return { plateau: { best, bad, resting }, reduce: false };
  return { plateau: { best, bad: 0, resting: rule.cooldown }, reduce: true };
}
