import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { bestSchema, figureSchema, type ImprovementRule, improvementEntries, improves } from './improves.ts';
import { countSchema } from '../core/option-schemas.ts';

const greedyArguments = v.object({
  before: v.strictObject({ best: bestSchema, good: countSchema, bad: countSchema, resting: countSchema }),
  value: figureSchema,
  rule: v.strictObject({
    ...improvementEntries,
    patience: countSchema,
    cooldown: countSchema,
    warmup: countSchema,
  }),
});

/** The rule of {@link greedyAfter}. */
export interface GreedyRule extends ImprovementRule {
  /** The number of values in a row that may improve, or fail to improve. The next one changes the rate. */
  readonly patience: number;
  /** The number of values to ignore after a reduction. */
  readonly cooldown: number;
  /** The number of values to ignore after an increase. */
  readonly warmup: number;
}

/** The state so far; plain data. */
export interface Greedy {
  /** The best value; undefined before the first value. */
  readonly best: number | undefined;
  /** Values in a row that improved. */
  readonly good: number;
  /** Values in a row that did not improve. */
  readonly bad: number;
  /** Values that are still ignored. */
  readonly resting: number;
}

export const noGreed: Greedy = { best: undefined, good: 0, bad: 0, resting: 0 };

/**
 * Adds one value. Returns the new state, and whether to raise or lower the rate.
 *
 * The same as `GreedyLR` of transformers: an ignored value cannot become the best value.
 */
export function greedyAfter(
  before: Greedy,
  value: number,
  rule: GreedyRule,
): { readonly greedy: Greedy; readonly move?: 'up' | 'down' } {
  parseOptions('greedyAfter', greedyArguments, { before, value, rule });
  if (before.resting > 0) return { greedy: { ...before, good: 0, bad: 0, resting: before.resting - 1 } };
  const better = improves(before.best, value, rule);
  const best = better ? value : before.best;
  const good = better ? before.good + 1 : 0;
  const bad = better ? 0 : before.bad + 1;
  if (good > rule.patience) return { greedy: { best, good: 0, bad, resting: rule.warmup }, move: 'up' };
  if (bad > rule.patience) return { greedy: { best, good, bad: 0, resting: rule.cooldown }, move: 'down' };
  return { greedy: { best, good, bad, resting: 0 } };
}
