import type { Scalar } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { listed } from './check-finite.ts';

/** Stops a run whose loss is no number any more. */
export interface LossWatch {
  /** Takes the loss of a step and what it was divided by, and will dispose of both. */
  add(entry: WatchedLoss): void;
  /** Reads all that are waiting where they are `every` or more. */
  look(): Promise<void>;
  /** Reads what is still waiting. */
  flush(): Promise<void>;
  /** Disposes of what is still waiting, unread. */
  drop(): void;
}

export interface WatchedLoss {
  readonly step: number;
  readonly learningRate: number;
  readonly loss: Scalar;
  /** Lives as long as the loss, because hooks may ask for both. */
  readonly weight: Scalar;
}

/**
 * Watches for a loss that is NaN or infinite.
 *
 * @param every - how many steps may pass before losses are read: 1 finds it at once, more waits for the device less often
 * @param suspects - names the parameters that are not finite, once a loss is not
 */
export function watchLoss(
  every: number,
  suspects: () => Promise<readonly string[]> = () => Promise.resolve([]),
): LossWatch {
  let waiting: WatchedLoss[] = [];
  let lastFinite: number | undefined;
  const drop = (): void => {
    for (const { loss, weight } of waiting) {
      loss.dispose();
      weight.dispose();
    }
    waiting = [];
  };
  const flush = async (): Promise<void> => {
    try {
      for (const entry of waiting) {
        const value = (await entry.loss.data())[0]!;
        if (!Number.isFinite(value)) throw notFinite(entry, value, { lastFinite, names: await suspects() });
        lastFinite = value;
      }
    } finally {
      drop();
    }
  };
  return {
    drop,
    flush,
    add: (entry) => void waiting.push(entry),
    async look() {
      if (waiting.length >= every) await flush();
    },
  };
}

function notFinite(
  { step, learningRate }: WatchedLoss,
  value: number,
  { lastFinite, names }: { readonly lastFinite: number | undefined; readonly names: readonly string[] },
): CantripError {
  const before =
    lastFinite === undefined
      ? 'no step before it had a finite one'
      : `the last finite loss was ${lastFinite}`;
  return new CantripError('LOSS_NOT_FINITE', {
    who: 'trainer',
    what: `the loss of step ${step} is ${value} at learning rate ${learningRate}; ${before}${names.length > 0 ? `, and ${listed(names)} ${names.length === 1 ? 'is' : 'are'} not finite by now` : ''}`,
    fix: 'Lower the learning rate, warm it up, clip gradients, or look for bad values in the data',
  });
}
