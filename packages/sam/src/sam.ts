import { parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { perturbationEntries, type PerturbationOptions, uphill } from './perturbations.ts';

export interface SamOptions extends PerturbationOptions {
  /** Every how many steps the second gradient is taken; 1 by default. The other steps cost no more than usual. */
  readonly interval?: number | undefined;
  /** Whether dropout drops the `same` units in the second pass (the default), or `other` ones. */
  readonly random?: 'same' | 'other' | undefined;
  /** Whether the second pass leaves the statistics of batch normalisation (`keep`, the default) or `move`s them. */
  readonly statistics?: 'keep' | 'move' | undefined;
}

/** What the plugin knows in one run. */
export interface SamLocals {
  /** Whether this step takes the second gradient. */
  climbs: boolean;
}

const schema = v.strictObject({
  ...perturbationEntries,
  interval: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 1),
  random: v.optional(v.picklist(['same', 'other']), 'same'),
  statistics: v.optional(v.picklist(['keep', 'move']), 'keep'),
});

/**
 * Plugin: sharpness-aware minimization. The update uses the gradient at weights a little uphill, so training ends in
 * flat minima.
 *
 * The weights move by {@link perturbations}, the gradient is taken there, and the weights get their own bits back. With
 * gradient accumulation, each batch has its own step uphill. Weight decay and clipping of the optimizer see only the
 * second gradient. Loss and metrics are those of the first pass.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [sam({ rho: 0.05 })] });
 * ```
 */
export function sam(options: SamOptions = {}): Plugin<Record<string, unknown>, void, SamLocals> {
  const checked = parseOptions('sam', schema, options);
  const { adaptive, eta, rho = adaptive ? 0.5 : 0.05, interval, random, statistics } = checked;
  return {
    name: 'sam',
    settings: plainSettings({ ...checked, rho }),
    setup: () => ({ locals: { climbs: false } }),
    // 0 must change no bit, so nothing is computed again.
    onStepBegin: ({ locals, step }) => void (locals.climbs = rho > 0 && (step + 1) % interval === 0),
    structure: ({ locals }) => (locals.climbs ? 'climbs' : 'plain'),
    wrapGradients(next, { variables, locals }) {
      const gradients = next();
      if (!locals.climbs) return gradients;
      const steps = uphill(variables, gradients, { rho, adaptive, eta });
      const before = Object.keys(steps).map((name) => [name, tf.clone(variables[name]!)] as const);
      try {
        for (const [name, value] of before) variables[name]!.assign(tf.add(value, steps[name]!));
        return next({ random, statistics });
      } finally {
        for (const [name, value] of before) variables[name]!.assign(value);
      }
    },
  };
}
