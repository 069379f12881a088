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

/** How {@link greedyAfter} judges. */
export interface GreedyRule extends ImprovementRule {
  /** How many values in a row that improve, or that do not, are borne: the next one moves the rate. */
  readonly patience: number;
  /** How many values after a reduction nothing is looked at. */
  readonly cooldown: number;
  /** How many values after an increase nothing is looked at. */
  readonly warmup: number;
}

/** What is known so far; plain data. */
export interface Greedy {
  /** The best value; undefined before the first. */
  readonly best: number | undefined;
  /** Values in a row that improved. */
  readonly good: number;
  /** Values in a row that did not. */
  readonly bad: number;
  /** Values that are not looked at. */
  readonly resting: number;
}

export const noGreed: Greedy = { best: undefined, good: 0, bad: 0, resting: 0 };

/**
 * One more value: what is known after it, and whether it calls for a higher or a lower rate.
 *
 * As `GreedyLR` of transformers: a value that is not looked at is not the best one either.
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
