import { namedFloatTensorsSchema, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { axesWithin, type UnitAxes, unitAxesSchema } from '../units/unit-axes.ts';

type Named = Readonly<Record<string, tf.Tensor>>;

export interface CentralizeGradientsOptions {
  /** `all` (the default): every weight with units. `convolutions`: only weights of at least 3 axes. */
  readonly only?: 'all' | 'convolutions' | undefined;
  /** By the name of a weight, the axes that count its units, where these are not the usual ones. */
  readonly unitAxes?: Readonly<Record<string, UnitAxes>> | undefined;
}

/** Schema of the option `only`. */
export const onlySchema: v.OptionalSchema<v.GenericSchema<'all' | 'convolutions'>, 'all'> = v.optional(
  v.picklist(['all', 'convolutions']),
  'all',
);

const schema = v.strictObject({ only: onlySchema, unitAxes: unitAxesSchema });
const tensorsSchema = v.object({ gradients: namedFloatTensorsSchema });

const who = 'centralizeGradients';

/**
 * Subtracts from the gradient of each unit its mean: `gradient - mean(gradient of the unit)`.
 *
 * The last axis of a weight counts its units: `[inputs, units]`, `[height, width, inputs, filters]`. A row of
 * `embeddings` is a unit, and so is each place of the last two axes of a `depthwise_kernel`. Gradients with fewer than
 * 2 axes, such as those of biases, stay as they are. So does a unit of one weight, whose gradient would be 0.
 *
 * @param gradients - float32 tensors by name
 * @returns tensors of the same names and shapes; the caller disposes those that are new
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * centralizeGradients({ 'dense_1/kernel': tf.tensor2d([[1, 2], [3, 6]]) }); // [[-1, -2], [1, 2]]
 * ```
 * @see Yong et al., Gradient centralization, https://arxiv.org/abs/2004.01461
 */
export function centralizeGradients(
  gradients: Named,
  options: CentralizeGradientsOptions = {},
): Record<string, tf.Tensor> {
  parseOptions(who, tensorsSchema, { gradients });
  return centralized(gradients, parseOptions(who, schema, options));
}

/** {@link centralizeGradients} of arguments that are right. */
export function centralized(
  gradients: Named,
  {
    only,
    unitAxes,
  }: { readonly only: 'all' | 'convolutions'; readonly unitAxes: Readonly<Record<string, UnitAxes>> },
): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => {
      const axes = axesWithin(who, name, gradient, unitAxes);
      const isCentered = axes && sizeOf(gradient, axes) > 1 && (only === 'all' || gradient.rank > 2);
      return [name, isCentered ? centered(gradient, axes) : gradient];
    }),
  );
}

const sizeOf = ({ shape }: tf.Tensor, axes: readonly number[]): number =>
  axes.reduce((size, axis) => size * shape[axis]!, 1);

const centered = (gradient: tf.Tensor, axes: readonly number[]): tf.Tensor =>
  tf.tidy(() => tf.sub(gradient, tf.mean(gradient, [...axes], true)));
