import { CantripError, floatTensorSchema, parseOptions, schemaOf } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

type Values = Readonly<Record<string, tf.Tensor>>;
type Averages = Readonly<Record<string, tf.Variable>>;

const averagesSchema = v.record(
  v.string(),
  schemaOf<tf.Variable>((value) =>
    value instanceof tf.Variable && !value.isDisposed && value.dtype === 'float32'
      ? undefined
      : 'must be a float32 variable',
  ),
);
const shareSchema = v.lazy((value) =>
  typeof value === 'object' && value !== null
    ? schemaOf<tf.Scalar>((one) =>
        v.is(floatTensorSchema, one) && (one as unknown as tf.Tensor).rank === 0
          ? undefined
          : 'must be a number or a float32 scalar',
      )
    : (v.pipe(v.number(), v.minValue(0), v.maxValue(1)) as v.GenericSchema),
);
const schema = v.object({
  averages: averagesSchema,
  values: v.record(v.string(), floatTensorSchema),
  share: shareSchema,
});

/**
 * Moves averages towards new values, in place: `average + share * (value - average)`.
 *
 * This is the trick itself: it works in any training loop. For an exponential moving average, `share` is `1 - decay`.
 * For a mean of `n` earlier values, it is `1 / (n + 1)`. The number 1 copies the values, bit for bit.
 *
 * @param averages - float32 variables by name; each gets a new value
 * @param values - a tensor of the same shape for each of these names; others are ignored
 * @param share - in [0, 1], a number or a scalar
 * @throws CantripError OPTION_INVALID; SHAPE_MISMATCH, before any average changes
 * @example
 * ```ts
 * const averages = { kernel: tf.variable(tf.tensor1d([0, 8])) };
 * moveAverages(averages, { kernel: tf.tensor1d([4, 0]) }, 0.25); // averages.kernel: [1, 6]
 * ```
 * @see Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992
 */
export function moveAverages(averages: Averages, values: Values, share: number | tf.Scalar): void {
  parseOptions('moveAverages', schema, { averages, values, share });
  for (const [name, average] of Object.entries(averages)) checkValue(name, average, values[name]);
  moveChecked(averages, values, share);
}

/** {@link moveAverages} of arguments that are right. */
export function moveChecked(averages: Averages, values: Values, share: number | tf.Scalar): void {
  tf.tidy(() => {
    for (const [name, average] of Object.entries(averages)) {
      const value = values[name]!;
      const next = share === 1 ? tf.clone(value) : tf.add(average, tf.mul(tf.sub(value, average), share));
      average.assign(next);
    }
  });
}

function checkValue(name: string, average: tf.Variable, value: tf.Tensor | undefined): void {
  if (value && tf.util.arraysEqual(value.shape, average.shape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'moveAverages',
    what: `values.${name} must have shape [${average.shape.join(',')}], got ${value ? `[${value.shape.join(',')}]` : 'none'}`,
    fix: 'Pass a value of the same name and shape for each average',
  });
}
