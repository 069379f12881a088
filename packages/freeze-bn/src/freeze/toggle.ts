import type { Run } from '@cantrip/trainer';

/** A change of the model that can be turned on and off. */
export interface Toggle {
  turn(on: boolean): void;
}

/** Makes a toggle that is off. Turning it on or off makes the trainer record the step again. */
export function createToggle(run: Pick<Run, 'restructure'>, apply: () => () => void): Toggle {
  let undo: (() => void) | undefined;
  return {
    turn(on) {
      if (on === (undo !== undefined)) return;
      undo?.();
      undo = on ? apply() : undefined;
      run.restructure();
    },
  };
}
