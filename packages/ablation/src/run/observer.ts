import type { Plugin } from '@cantrip/trainer';

/** The runner's own plugin: sets the seed, takes the time of the steps, and tells how far the run is. */
export interface Observer {
  readonly plugin: Plugin;
  steps(): number;
  /** Median milliseconds of a step, which is what is timed, whatever it holds, from the end of one to the end of the next; 0 before the second. */
  stepMilliseconds(): number;
}

/** @param tell - given the share of the run that is done, at most twice a second */
export function observer(seed: number, tell: (share: number) => void): Observer {
  const times: number[] = [];
  let count = 0;
  let last = Number.NaN;
  let told = -Infinity;
  return {
    plugin: {
      name: 'ablation',
      seed,
      // What lies between two epochs, e.g. validation, is not a step's.
      onEpochBegin: () => void (last = Number.NaN),
      onStepEnd({ step, totalSteps }) {
        const now = performance.now();
        count += 1;
        if (!Number.isNaN(last)) times.push(now - last);
        last = now;
        if (now - told < 500) return;
        told = now;
        tell(step / totalSteps);
      },
    },
    steps: () => count,
    stepMilliseconds: () => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
  };
}
