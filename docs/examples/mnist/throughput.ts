import type { Plugin } from '@cantrip/trainer';

/** Measures the time of training only, without validation. */
export interface Throughput {
  readonly plugin: Plugin;
  seconds(): number;
}

export function throughputMeter(): Throughput {
  let total = 0;
  let begin = 0;
  return {
    seconds: () => total / 1000,
    plugin: {
      name: 'throughput-meter',
      onEpochBegin: () => void (begin = performance.now()),
      onStepEnd({ step, stepsPerEpoch }) {
        if (step % stepsPerEpoch === 0) total += performance.now() - begin;
      },
    },
  };
}
