import { CantripError, namedFloatTensorsSchema, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

type Named = Readonly<Record<string, tf.Tensor>>;

export interface PerturbationOptions {
  /** The size of the step uphill; at least 0. 0.05 by default, and 0.5 with `adaptive`. */
  readonly rho?: number | undefined;
  /** Whether each weight moves in proportion to its own size (ASAM); `false` by default. */
  readonly adaptive?: boolean | undefined;
  /** What is added to the size of each weight with `adaptive`; at least 0, 0 by default. */
  readonly eta?: number | undefined;
}

const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));

/** The entries of {@link PerturbationOptions} for a schema. */
export const perturbationEntries: {
  readonly rho: v.OptionalSchema<v.GenericSchema<number>, undefined>;
  readonly adaptive: v.OptionalSchema<v.GenericSchema<boolean>, false>;
  readonly eta: v.OptionalSchema<v.GenericSchema<number>, 0>;
} = {
  rho: v.optional(atLeastZero, undefined),
  adaptive: v.optional(v.boolean(), false),
  eta: v.optional(atLeastZero, 0),
};

const schema = v.strictObject(perturbationEntries);
const tensorsSchema = v.object({ weights: namedFloatTensorsSchema, gradients: namedFloatTensorsSchema });

/**
 * The step of sharpness-aware minimization: how far each weight moves uphill before the gradient is taken again.
 *
 * SAM: `rho * gradient / norm`, with the norm of all gradients together. ASAM: `rho * size^2 * gradient / norm` with
 * `size = |weight| + eta`, and the norm of all `size * gradient`.
 *
 * @param weights - float32 tensors by name; others than those of the gradients are ignored
 * @param gradients - float32 tensors by name, each of the shape of its weight
 * @returns a tensor for each gradient, to be added to the weight; the caller disposes them
 * @throws CantripError OPTION_INVALID; SHAPE_MISMATCH
 * @example
 * ```ts
 * perturbations({ w: tf.tensor1d([1, 1]) }, { w: tf.tensor1d([3, 4]) }, { rho: 0.5 }); // w: [0.3, 0.4]
 * ```
 * @see Foret et al., Sharpness-aware minimization, https://arxiv.org/abs/2010.01412; Kwon et al., ASAM,
 *   https://arxiv.org/abs/2102.11600
 */
export function perturbations(
  weights: Named,
  gradients: Named,
  options: PerturbationOptions = {},
): Record<string, tf.Tensor> {
  parseOptions('perturbations', tensorsSchema, { weights, gradients });
  const { adaptive, eta, rho = adaptive ? 0.5 : 0.05 } = parseOptions('perturbations', schema, options);
  for (const [name, gradient] of Object.entries(gradients)) checkShape(name, gradient, weights[name]);
  return uphill(weights, gradients, { rho, adaptive, eta });
}

/** {@link perturbations} of arguments that are right. */
export function uphill(
  weights: Named,
  gradients: Named,
  { rho, adaptive, eta }: { readonly rho: number; readonly adaptive: boolean; readonly eta: number },
): Record<string, tf.Tensor> {
  // Sorted, so the order of the names does not change any bit of the sum.
  const names = Object.keys(gradients).sort();
  if (names.length === 0) return {};
  return tf.tidy(() => {
    const sizes = names.map((name) => (adaptive ? tf.add(tf.abs(weights[name]!), eta) : undefined));
    const scaled = names.map((name, i) => (sizes[i] ? tf.mul(gradients[name]!, sizes[i]) : gradients[name]!));
    const norm = tf.sqrt(tf.addN(scaled.map((one) => tf.sum(tf.square(one)))));
    const factor = tf.div(rho, tf.add(norm, 1e-12));
    return Object.fromEntries(
      names.map((name, i) => {
        const direction = sizes[i] ? tf.mul(scaled[i]!, sizes[i]) : scaled[i]!;
        return [name, tf.mul(direction, factor)] as const;
      }),
    );
  });
}

function checkShape(name: string, gradient: tf.Tensor, weight: tf.Tensor | undefined): void {
  if (weight && tf.util.arraysEqual(weight.shape, gradient.shape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'perturbations',
    what: `weights.${name} must have shape [${gradient.shape.join(',')}], got ${weight ? `[${weight.shape.join(',')}]` : 'none'}`,
    fix: 'Pass a weight of the same name and shape for each gradient',
  });
}
