import { CantripError } from '@cantrip/errors';
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
  /** The loss calls this: from now on the loss smooths, and the plugin does not. */
  take(): void;
  /** Whether a loss smooths. Then the plugin must not smooth. */
  isTaken(): boolean;
  /** The plugin calls this before the loss of a step is computed. */
  begin(current: StepSmoothing): void;
  /** The loss calls this: the smoothing of this step; undefined outside a training step. */
  current(): StepSmoothing | undefined;
  /**
   * The plugin calls this after the loss of a step is computed.
   *
   * @throws CantripError OPTION_INVALID when no loss called `current` since `begin`
   */
  end(): void;
  /** The plugin calls this when a step fails. */
  drop(): void;
}

const handovers = new WeakMap<object, HandoverToLoss>();

/** The handover of a `labelSmoothing` plugin. */
export const handoverOf = (plugin: unknown): HandoverToLoss | undefined =>
  typeof plugin === 'object' && plugin !== null ? handovers.get(plugin) : undefined;

export function createHandover(
  plugin: object,
  facts: Pick<HandoverToLoss, 'activation' | 'prior'>,
): HandoverToLoss {
  let taken = false;
  let asked = false;
  let current: StepSmoothing | undefined;
  const handover: HandoverToLoss = {
    ...facts,
    take: () => (taken = true),
    isTaken: () => taken,
    begin: (given) => ((current = given), (asked = false)),
    current: () => ((asked = true), current),
    end() {
      current = undefined;
      if (!asked) throw unasked();
    },
    drop: () => (current = undefined),
  };
  handovers.set(plugin, handover);
  return handover;
}

const unasked = (): CantripError =>
  new CantripError('OPTION_INVALID', {
    who: 'label-smoothing',
    what: 'the loss smoothedCrossEntropy({ smoothing: plugin }) exists, but this trainer uses another loss, so nothing is smoothed',
    fix: 'Pass that loss to createTrainer, or make another labelSmoothing() for this trainer',
  });
