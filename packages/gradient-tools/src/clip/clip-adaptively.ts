import { CantripError, namedFloatTensorsSchema, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { axesWithin, type UnitAxes, unitAxesSchema } from '../units/unit-axes.ts';

type Named = Readonly<Record<string, tf.Tensor>>;

export interface ClipAdaptivelyOptions {
  /** The largest ratio of a gradient's norm to its weight's norm; above 0, 0.01 by default. */
  readonly clipping?: number | undefined;
  /** The least norm of a weight that counts, so that weights that begin at 0 can move; above 0, 0.001 by default. */
  readonly epsilon?: number | undefined;
  /** By the name of a weight, the axes that count its units, where these are not the usual ones. */
  readonly unitAxes?: Readonly<Record<string, UnitAxes>> | undefined;
}

const aboveZero = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** The entries of {@link ClipAdaptivelyOptions} that are numbers, for a schema. */
export const clippingEntries: {
  readonly clipping: v.OptionalSchema<v.GenericSchema<number>, 0.01>;
  readonly epsilon: v.OptionalSchema<v.GenericSchema<number>, 0.001>;
} = {
  clipping: v.optional(aboveZero, 0.01),
  epsilon: v.optional(aboveZero, 0.001),
};

const schema = v.strictObject({ ...clippingEntries, unitAxes: unitAxesSchema });
const tensorsSchema = v.object({ weights: namedFloatTensorsSchema, gradients: namedFloatTensorsSchema });

const who = 'clipAdaptively';

/**
 * Clips the gradient of each unit by the size of the unit's weights: its norm is at most `clipping * max(norm of the
 * weights, epsilon)`.
 *
 * The last axis of a weight counts its units: `[inputs, units]`, `[height, width, inputs, filters]`. A row of
 * `embeddings` is a unit, and so is each place of the last two axes of a `depthwise_kernel`. A weight with fewer than
 * 2 axes is one unit.
 *
 * @param weights - float32 tensors by name; others than those of the gradients are ignored
 * @param gradients - float32 tensors by name, each of the shape of its weight
 * @returns tensors of the names and shapes of the gradients; the caller disposes them
 * @throws CantripError OPTION_INVALID; SHAPE_MISMATCH
 * @example
 * ```ts
 * clipAdaptively({ w: tf.tensor1d([3, 4]) }, { w: tf.tensor1d([0, 1]) }, { clipping: 0.1 }); // w: [0, 0.5]
 * ```
 * @see Brock et al., High-performance large-scale image recognition without normalization,
 *   https://arxiv.org/abs/2102.06171
 */
export function clipAdaptively(
  weights: Named,
  gradients: Named,
  options: ClipAdaptivelyOptions = {},
): Record<string, tf.Tensor> {
  parseOptions(who, tensorsSchema, { weights, gradients });
  const checked = parseOptions(who, schema, options);
  for (const [name, gradient] of Object.entries(gradients)) checkShape(name, gradient, weights[name]);
  return clipped(weights, gradients, checked);
}

/** {@link clipAdaptively} of arguments that are right. */
export function clipped(
  weights: Named,
  gradients: Named,
  {
    clipping,
    epsilon,
    unitAxes,
  }: { readonly [Name in keyof ClipAdaptivelyOptions]-?: NonNullable<ClipAdaptivelyOptions[Name]> },
): Record<string, tf.Tensor> {
  return tf.tidy(() =>
    Object.fromEntries(
      Object.entries(gradients).map(([name, gradient]) => {
        const axes = axesWithin(who, name, gradient, unitAxes) ?? gradient.shape.map((_, axis) => axis);
        const most = tf.mul(tf.maximum(normOf(weights[name]!, axes), epsilon), clipping);
        const norm = normOf(gradient, axes);
        const shorter = tf.mul(gradient, tf.div(most, tf.maximum(norm, 1e-6)));
        return [name, tf.where(tf.broadcastTo(tf.less(norm, most), gradient.shape), gradient, shorter)];
      }),
    ),
  );
}

const normOf = (tensor: tf.Tensor, axes: readonly number[]): tf.Tensor =>
  tf.sqrt(tf.sum(tf.square(tensor), [...axes], true));

function checkShape(name: string, gradient: tf.Tensor, weight: tf.Tensor | undefined): void {
  if (weight && tf.util.arraysEqual(weight.shape, gradient.shape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `weights.${name} must have shape [${gradient.shape.join(',')}], got ${weight ? `[${weight.shape.join(',')}]` : 'none'}`,
    fix: 'Pass a weight of the same name and shape for each gradient',
  });
}
