import { CantripError, describe } from '@cantrip/errors';
import { exactSteps, type Length, type RunLength, wholeStep } from '@cantrip/plugin-kit';

/** The order of unfreezing. The last group, nearest to the output, trains first. */
export interface Stages {
  /** The number of groups, from the input to the output. */
  readonly groups: number;
  /** The length of each stage: one for all, or one for each group except the first to train. */
  readonly every: Length | readonly Length[];
}

/**
 * How a group's learning rate rises after it is unfrozen: the length of a linear rise from 0, or a function. The
 * function takes the steps since unfreezing, starting at 0, and returns the factor of the full rate.
 */
export type Ramp = Length | ((step: number, run: RunLength) => number);

/** The step at which each group begins to train, from the input to the output, not rounded. */
export function stageStarts({ groups, every }: Stages, run: RunLength): readonly number[] {
  const starts = [0];
  for (let stage = 0; starts.length < groups; stage++) {
    const length = Array.isArray(every) ? (every as readonly Length[])[stage]! : (every as Length);
    starts.unshift(starts[0]! + exactSteps('gradualUnfreezing', length, run));
  }
  return starts;
}

/**
 * The factor of a group's learning rate: 0 before it trains, then the ramp; 1 for a group that trains from the
 * start. A ramp that is a length is linear, and 1 from its last step on.
 *
 * @param start - the step at which the group begins to train, from {@link stageStarts}
 * @throws CantripError OPTION_INVALID if a function does not return a number of at least 0
 */
export function rampFactor(ramp: Ramp, step: number, start: number, run: RunLength): number {
  const first = wholeStep(start);
  const since = step - first;
  if (first === 0) return 1;
  if (since < 0) return 0;
  if (typeof ramp !== 'function') {
    const steps = wholeStep(start + exactSteps('gradualUnfreezing', ramp, run)) - first;
    return Math.min(1, (since + 1) / Math.max(1, steps));
  }
  const share = ramp(since, run);
  if (share >= 0 && share < Infinity) return share;
  throw new CantripError('OPTION_INVALID', {
    who: 'gradualUnfreezing',
    what: `ramp must return a finite number of at least 0, got ${describe(share)} at step ${since}`,
    fix: 'Return the factor of the learning rate, for example 0.5',
  });
}
