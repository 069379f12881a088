import { CantripError } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import type { Activation, Smoothing } from '../smoothing/option-checks.ts';

/** What a step smooths by. */
export interface StepSmoothing {
  readonly smoothing: Smoothing;
  readonly confidencePenalty: number | tf.Tensor;
  readonly prior: number | readonly number[] | undefined;
}

/**
 * How a plugin and the loss that was made with it speak within a step: the plugin says before the loss is computed by
 * what it is to smooth, and takes it back after. So the loss of validation, which no plugin sees, is not smoothed.
 */
export interface StepLink {
  readonly activation: Activation;
  readonly prior: number | readonly number[] | undefined;
  /** For the loss: takes over the smoothing. */
  take(): void;
  /** Whether a loss smooths, so that the plugin must not. */
  isTaken(): boolean;
  begin(current: StepSmoothing): void;
  /** For the loss: what this step smooths by, outside of a step nothing. */
  current(): StepSmoothing | undefined;
  /** @throws CantripError OPTION_INVALID when no loss asked for `current` since `begin` */
  end(): void;
  drop(): void;
}

const links = new WeakMap<object, StepLink>();

/** The link of a `labelSmoothing` plugin. */
export const linkOf = (plugin: unknown): StepLink | undefined =>
  typeof plugin === 'object' && plugin !== null ? links.get(plugin) : undefined;

export function openLink(plugin: object, facts: Pick<StepLink, 'activation' | 'prior'>): StepLink {
  let taken = false;
  let asked = false;
  let current: StepSmoothing | undefined;
  const link: StepLink = {
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
  links.set(plugin, link);
  return link;
}

const unasked = (): CantripError =>
  new CantripError('OPTION_INVALID', {
    who: 'label-smoothing',
    what: 'a smoothedCrossEntropy was made with this plugin, but is not the loss of this trainer, so nothing is smoothed',
    fix: 'Give that loss to the trainer, or use another labelSmoothing() here',
  });
