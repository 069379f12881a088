/** The speed of an epoch. */
export interface Speed {
  /** The mean time of a step of this epoch. */
  readonly secondsOfStep: number;
  readonly examplesPerSecond: number;
}

/** The clock of an epoch. Validation, and what a step takes only once, do not count for the speed. */
export interface Times {
  /**
   * A step was trained.
   *
   * @param done - the steps of the epoch that are done
   * @param untypical - milliseconds of this step that later steps do not take
   */
  stepped(done: number, step: { readonly examples: number; readonly untypical: number }): Speed;
  /** Validation begins. */
  pause(): void;
  goOn(): void;
  /** Of the epoch so far, with everything. */
  seconds(): number;
}

/**
 * Begins an epoch.
 *
 * @param doneBefore - steps that were done in an earlier process or `fit`
 */
export function createTimes(doneBefore: number): Times {
  const began = performance.now();
  let examples = 0;
  let untypical = 0;
  let paused: number | undefined;
  return {
    stepped(done, step) {
      examples += step.examples;
      untypical += step.untypical;
      const seconds = Math.max(performance.now() - began - untypical, 1e-3) / 1000;
      return { secondsOfStep: seconds / (done - doneBefore), examplesPerSecond: examples / seconds };
    },
    pause: () => void (paused = performance.now()),
    goOn() {
      untypical += performance.now() - (paused ?? performance.now());
      paused = undefined;
    },
    seconds: () => (performance.now() - began) / 1000,
  };
}
