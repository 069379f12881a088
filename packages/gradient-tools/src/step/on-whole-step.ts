import type { Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

type RunningOptimizer = ReturnType<NonNullable<Plugin['transformOptimizer']>>;
type Update = Parameters<RunningOptimizer['apply']>[0];

/**
 * Changes the gradients of a whole step, right before the update. With accumulated gradients, that is their mean, so
 * the change happens once a step.
 */
export function onWholeStep(
  optimizer: RunningOptimizer,
  change: (update: Update) => Update['gradients'],
): RunningOptimizer {
  const changing =
    (apply: RunningOptimizer['apply']): RunningOptimizer['apply'] =>
    (update) =>
      tf.tidy(() => apply({ ...update, gradients: change(update) }));
  if (!optimizer.wrapUpdate) return { ...optimizer, apply: changing(optimizer.apply) };
  optimizer.wrapUpdate(changing);
  return optimizer;
}
