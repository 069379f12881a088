import { type Duration, type RunLength, stepsOf } from './duration.ts';

/** When the groups of a model begin to train, the last one, that of the output, first. */
export interface Stages {
  /** How many groups there are, from the input to the output. */
  readonly groups: number;
  /** How long each stage lasts: the same for all, or one for each group but the first to be unfrozen. */
  readonly every: Duration | readonly Duration[];
  /** How long a group's learning rate takes to its full height once it is unfrozen. */
  readonly ramp: Duration;
}

/** The step at which each group begins to train, from the input to the output. */
export function startSteps({ groups, every }: Stages, run: RunLength): readonly number[] {
  const starts = [0];
  for (let stage = 0; starts.length < groups; stage++) {
    const length = Array.isArray(every) ? (every as readonly Duration[])[stage]! : (every as Duration);
    starts.unshift(starts[0]! + stepsOf(length, run));
  }
  return starts;
}

/**
 * What a group's learning rate is of its full height: 0 before it begins to train, then linear, 1 from the ramp's last
 * step on. A group that trains from the beginning has no ramp.
 */
export function rampFactor(step: number, start: number, rampSteps: number): number {
  if (start === 0) return 1;
  return step < start ? 0 : Math.min(1, (step - start + 1) / Math.max(1, rampSteps));
}
