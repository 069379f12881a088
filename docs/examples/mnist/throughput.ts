import type { Plugin } from '@cantrip/trainer';

/** Measures the time of training only, without validation. */
export interface Throughput {
  readonly plugin: Plugin;
  /** Epochs trained a second; NaN before the first step. A run that goes on trains a part of an epoch first. */
  epochsPerSecond(): number;
}

export function throughputMeter(): Throughput {
  let milliseconds = 0;
  let epochs = 0;
  let last = 0;
  return {
    epochsPerSecond: () => (1000 * epochs) / milliseconds,
    plugin: {
      name: 'throughput-meter',
      onEpochBegin: () => void (last = performance.now()),
      onStepEnd({ stepsPerEpoch }) {
        const now = performance.now();
        milliseconds += now - last;
        epochs += 1 / stepsPerEpoch;
        last = now;
      },
    },
  };
}
