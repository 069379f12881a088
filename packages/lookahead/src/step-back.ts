import { CantripError, parseOptions, schemaOf } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

type Variables = Readonly<Record<string, tf.Variable>>;

const variablesSchema = v.record(
  v.string(),
  schemaOf<tf.Variable>((value) =>
    value instanceof tf.Variable && !value.isDisposed && value.dtype === 'float32'
      ? undefined
      : 'must be a float32 variable',
  ),
);

/** Schema of the share of the way that the slow weights go. */
export const rateSchema: v.GenericSchema<number> = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));

const schema = v.object({ weights: variablesSchema, slow: variablesSchema, rate: rateSchema });

/**
 * Moves slow weights a part of the way to the weights, and the weights back to them, in place:
 * `slow = weights = slow + rate * (weights - slow)`.
 *
 * This is the trick itself: it works in any training loop. Call it after every few updates.
 *
 * @param weights - float32 variables by name, which the optimizer has updated since the last call
 * @param slow - a variable of the same shape for each of these names; in the beginning a copy of the weights
 * @param rate - in (0, 1]; 1 copies the weights, bit for bit
 * @throws CantripError OPTION_INVALID; SHAPE_MISMATCH, before any variable changes
 * @example
 * ```ts
 * const [weights, slow] = [{ bias: tf.variable(tf.tensor1d([4])) }, { bias: tf.variable(tf.tensor1d([0])) }];
 * stepBack(weights, slow, 0.5); // both: [2]
 * ```
 * @see Zhang et al., Lookahead optimizer: k steps forward, 1 step back, https://arxiv.org/abs/1907.08610
 */
export function stepBack(weights: Variables, slow: Variables, rate: number): void {
  parseOptions('stepBack', schema, { weights, slow, rate });
  for (const [name, one] of Object.entries(weights)) checkSlow(name, one, slow[name]);
  stepBackChecked(weights, slow, rate);
}

/** {@link stepBack} of arguments that are right. */
export function stepBackChecked(weights: Variables, slow: Variables, rate: number): void {
  tf.tidy(() => {
    for (const [name, weight] of Object.entries(weights)) {
      const before = slow[name]!;
      if (rate === 1) before.assign(tf.clone(weight));
      else {
        const next = tf.add(before, tf.mul(tf.sub(weight, before), rate));
        before.assign(next);
        weight.assign(tf.clone(next));
      }
    }
  });
}

function checkSlow(name: string, weight: tf.Variable, slow: tf.Variable | undefined): void {
  if (slow && tf.util.arraysEqual(slow.shape, weight.shape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'stepBack',
    what: `slow.${name} must have shape [${weight.shape.join(',')}], got ${slow ? `[${slow.shape.join(',')}]` : 'none'}`,
    fix: 'Pass slow weights of the same name and shape for all weights',
  });
}
