import { floatScalarCheck, namedFloatTensorsSchema, parseOptions, schemaOf } from '@cantrip/errors';
import type { RandomTensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

type Named = Readonly<Record<string, tf.Tensor>>;

export interface AddGradientNoiseOptions {
  /** The standard deviation of the noise: a number of at least 0, or a scalar. */
  readonly deviation: number | tf.Scalar;
  /** The source of the noise: `random` of the context of a hook. Each gradient draws from a stream of its own. */
  readonly random: (stream: string) => Pick<RandomTensors, 'normal'>;
}

const deviationSchema = v.lazy((value) =>
  typeof value === 'object' && value !== null
    ? schemaOf(floatScalarCheck)
    : (v.pipe(v.number(), v.finite(), v.minValue(0)) as v.GenericSchema),
);
const schema = v.strictObject({ deviation: deviationSchema, random: v.function() });
const tensorsSchema = v.object({ gradients: namedFloatTensorsSchema });

/**
 * Adds normal noise of mean 0 to each gradient: `gradient + deviation * normal`.
 *
 * @param gradients - float32 tensors by name
 * @returns tensors of the same names and shapes; the caller disposes them
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * transformGradients: (gradients, { random }) => addGradientNoise(gradients, { deviation: 0.01, random }),
 * ```
 * @see Neelakantan et al., Adding gradient noise improves learning for very deep networks,
 *   https://arxiv.org/abs/1511.06807
 */
export function addGradientNoise(
  gradients: Named,
  options: AddGradientNoiseOptions,
): Record<string, tf.Tensor> {
  parseOptions('addGradientNoise', tensorsSchema, { gradients });
  parseOptions('addGradientNoise', schema, options);
  return noisy(gradients, options);
}

/** {@link addGradientNoise} of arguments that are right. */
export function noisy(
  gradients: Named,
  { deviation, random }: AddGradientNoiseOptions,
): Record<string, tf.Tensor> {
  return tf.tidy(() =>
    Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => {
        // By name, so the noise of a weight does not depend on which other weights are trained.
        const noise = random(`gradient-noise/${name}`).normal(gradient.shape);
        return [name, tf.add(gradient, tf.mul(noise, deviation))];
      }),
    ),
  );
}
