import type { Run } from '@cantrip/trainer';

/** A change of the model that may hold or not. */
export interface Switch {
  turn(on: boolean): void;
}

/** Makes a switch that is off. A step that was recorded in the other position is recorded anew. */
export function createSwitch(run: Pick<Run, 'restructure'>, apply: () => () => void): Switch {
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
