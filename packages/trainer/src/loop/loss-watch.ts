import type { Scalar } from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { listed } from './check-finite.ts';

/** Ends a run with an error if its loss is not finite. */
export interface LossWatch {
  /** Receives the loss and the weight of a step, and disposes both later. */
  add(entry: WatchedLoss): void;
  /** Reads the waiting losses if there are at least `every`. */
  look(): Promise<void>;
  /** Reads all losses that are still waiting. */
  flush(): Promise<void>;
  /** Disposes the waiting losses without reading them. */
  drop(): void;
}

export interface WatchedLoss {
  readonly step: number;
  readonly learningRate: number;
  readonly loss: Scalar;
  /** Kept as long as the loss, because hooks may ask for both. */
  readonly weight: Scalar;
}

/**
 * Watches for a loss that is NaN or infinite.
 *
 * @param every - the number of steps between two reads of the losses. 1 finds a bad loss at once; a larger number
 *   waits for the device less often.
 * @param suspects - returns the names of parameters that are not finite; called only after a bad loss
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
    lastFinite === undefined ? 'no earlier loss was finite' : `the last finite loss was ${lastFinite}`;
  return new CantripError('LOSS_NOT_FINITE', {
    who: 'trainer',
    what: `the loss of step ${step} is ${value} at learning rate ${learningRate}; ${before}${names.length > 0 ? `, and ${listed(names)} ${names.length === 1 ? 'is' : 'are'} not finite now` : ''}`,
    fix: 'Lower the learning rate, warm it up, clip gradients, or look for NaN, infinity or very large values in the data',
  });
}
