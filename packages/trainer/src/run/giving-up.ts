import type { Variable } from '@tensorflow/tfjs-core';
import type { BuiltModel } from '../model/built-model.ts';
import { runUndo, type Undo } from './undo.ts';

/** Undoes the opening of a run, if opening failed or nothing has used the run yet. */
export interface GivingUp {
  /** Marks a model that the trainer created, so that it is disposed too. Variables that existed before stay. */
  ownsModel(model: BuiltModel, before: ReadonlySet<Variable>): void;
  /** Undoes everything. It throws nothing, because a second error would hide the first. */
  giveUp(): void;
}

export function createGivingUp(undo: Undo[], log: (message: string) => void): GivingUp {
  let made: readonly Variable[] = [];
  return {
    ownsModel({ variables }, before) {
      made = Object.values(variables).filter((variable) => !before.has(variable));
    },
    giveUp() {
      try {
        runUndo(undo);
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
      }
      for (const variable of made) variable.dispose();
      made = [];
    },
  };
}
