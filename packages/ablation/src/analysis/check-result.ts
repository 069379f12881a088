import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { designs } from '../design/design.ts';
import type { AblationResult, Effect } from './ablation-result.ts';

/** NaN means a value that could not be computed. */
const number = v.custom<number>((value) => typeof value === 'number', 'must be a number');
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();
const name = v.pipe(text, v.nonEmpty('must not be empty'));

const verdicts = ['helps', 'hurts', 'no effect seen', 'changes nothing', 'too few seeds to tell'] as const;
const effect = v.looseObject({
  name,
  kind: v.picklist(['effect', 'interaction']),
  figure: name,
  with: v.optional(number),
  without: v.optional(number),
  difference: v.looseObject({ mean: number, low: number, high: number, values: v.array(number) }),
  better: count,
  equal: count,
  worse: count,
  p: number,
  smallestP: number,
  missing: count,
  stepTimeRatio: v.optional(number),
  verdict: v.picklist(verdicts),
});

const result = v.looseObject({
  // The name becomes part of file names.
  experiment: v.pipe(text, v.regex(/^[\w-]+$/, 'must contain only letters, digits, - and _')),
  design: v.picklist(designs),
  seeds: v.array(count),
  confidence: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
  figures: v.pipe(
    v.array(
      v.looseObject({
        name: v.pipe(name, v.regex(/^[^/\\]*$/, 'must not contain / or \\')),
        better: v.picklist(['higher', 'lower']),
        percent: v.optional(v.boolean()),
      }),
    ),
    v.nonEmpty('must hold at least one figure'),
  ),
  variants: v.array(v.looseObject({ name, runs: count, diverged: count })),
  effects: v.pipe(v.array(effect), v.nonEmpty('must hold at least one effect')),
  chanceOfFalseVerdict: number,
  machines: v.array(
    v.looseObject({ device: text, version: text, threads: count, hardware: text, node: text }),
  ),
  processes: count,
  to: text,
});

/**
 * Checks the fields of a result that are read. It may come from a file.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkResult(who: string, given: AblationResult): void {
  parseOptions(who, v.object({ result }), { result: given });
}

/**
 * Checks the fields of an effect that are read.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkEffect(who: string, given: Effect): void {
  parseOptions(who, v.object({ effect }), { effect: given });
}
