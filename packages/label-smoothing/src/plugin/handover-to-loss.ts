import type * as tf from '@tensorflow/tfjs-core';
import type { Activation, Smoothing } from '../smoothing/option-checks.ts';

/** The smoothing of one step. */
export interface StepSmoothing {
  readonly smoothing: Smoothing;
  readonly confidencePenalty: number | tf.Tensor;
  readonly prior: number | readonly number[] | undefined;
}

/**
 * Passes the smoothing of a step from a `labelSmoothing` plugin to its `smoothedCrossEntropy` loss.
 *
 * The plugin sets it before the loss is computed and clears it afterwards. Plugins do not run in validation, so the
 * loss of validation is not smoothed.
 */
export interface HandoverToLoss {
  readonly activation: Activation;
  readonly prior: number | readonly number[] | undefined;
  /** The plugin calls this before the loss of a step is computed, in a run with a loss of its own. */
  begin(current: StepSmoothing): void;
  /** The loss calls this: the smoothing of this step; undefined outside a training step. */
  current(): StepSmoothing | undefined;
  /** The plugin calls this after the loss of a step is computed, and when a step fails. */
  end(): void;
}

/** A loss that a `labelSmoothing` plugin smooths. */
export interface SmoothedByPlugin {
  readonly smoothedBy?: object | undefined;
}

const handovers = new WeakMap<object, HandoverToLoss>();

/** The handover of a `labelSmoothing` plugin. */
export const handoverOf = (plugin: unknown): HandoverToLoss | undefined =>
  typeof plugin === 'object' && plugin !== null ? handovers.get(plugin) : undefined;

export function createHandover(
  plugin: object,
  facts: Pick<HandoverToLoss, 'activation' | 'prior'>,
): HandoverToLoss {
  let current: StepSmoothing | undefined;
  const handover: HandoverToLoss = {
    ...facts,
    begin: (given) => void (current = given),
    current: () => current,
    end: () => void (current = undefined),
  };
  handovers.set(plugin, handover);
  return handover;
}
