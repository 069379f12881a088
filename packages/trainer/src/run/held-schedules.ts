import { atLeast, checkArgument, integerIn } from '@cantrip/errors';
import type { Run } from '../contract/run.ts';

const stepCheck = integerIn(atLeast(0));

/** The step at which the schedules of one run are held. */
export interface HeldSchedules {
  readonly hold: Run['holdSchedules'];
  /** Undefined while they are not held. */
  at(): number | undefined;
}

export function createHeldSchedules(): HeldSchedules {
  let held: { readonly step: number } | undefined;
  return {
    hold(step) {
      checkArgument('holdSchedules', 'step', stepCheck, step);
      const own = { step };
      held = own;
      return () => {
        if (held === own) held = undefined;
      };
    },
    at: () => held?.step,
  };
}
