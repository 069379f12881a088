import type { Plugin } from '@cantrip/trainer';

/** The runner's own plugin. It sets the seed, times the steps, and reports progress. */
export interface Observer {
  readonly plugin: Plugin;
  steps(): number;
  /**
   * The median time of a step in milliseconds, from the end of one step to the end of the next, including everything
   * in between; 0 before the second step.
   */
  stepMilliseconds(): number;
}

/** @param tell - called with the share of the run that is done, at most twice a second */
export function observer(seed: number, tell: (share: number) => void): Observer {
  const times: number[] = [];
  let count = 0;
  let last = Number.NaN;
  let told = -Infinity;
  return {
    plugin: {
      name: 'ablation',
      seed,
      // The time between two epochs, e.g. validation, does not belong to a step.
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
