import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { bestSchema, figureSchema, type ImprovementRule, improvementEntries, improves } from './improves.ts';
import { countSchema } from '../core/option-schemas.ts';

const plateauArguments = v.object({
  before: v.strictObject({ best: bestSchema, bad: countSchema, resting: countSchema }),
  value: figureSchema,
  rule: v.strictObject({ ...improvementEntries, patience: countSchema, cooldown: countSchema }),
});

/** How {@link plateauAfter} judges. */
export interface PlateauRule extends ImprovementRule {
  /** How many values without improvement are borne: the next one reduces. */
  readonly patience: number;
  /** How many values after a reduction nothing is counted. */
  readonly cooldown: number;
}

/** What is known so far; plain data. */
export interface Plateau {
  /** The best value; undefined before the first. */
  readonly best: number | undefined;
  /** Values without improvement in a row. */
  readonly bad: number;
  /** Values for which nothing is counted. */
  readonly resting: number;
}

export const noPlateau: Plateau = { best: undefined, bad: 0, resting: 0 };

/**
 * One more value: what is known after it, and whether it calls for a reduction. NaN is never an improvement.
 *
 * As PyTorch's `ReduceLROnPlateau`, but a relative threshold is a share of the best value's size, so that it is right
 * for negative values too.
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
